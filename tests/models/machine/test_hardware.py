from models.machine.control_group import cores_allowed, memory_allowed
from models.machine.hardware import Gpu, GpuMaker, Machine, apple_gpu, drm_gpus, nvidia_gpus, this_machine

GIB = 1024**3


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_this_machine_is_a_machine():
    machine = this_machine()
    assert 1 <= machine.physical_cores <= machine.cores
    assert 0 < machine.free_bytes <= machine.memory_bytes
    assert machine.cpu_name
    assert machine.offload_supported is None
    assert this_machine(offload_supported=True).offload_supported is True


def test_the_cards_nvidia_lists_are_found():
    said = "NVIDIA GeForce RTX 3090, 24576, 23012\nQuadro, the old one, 4096, 4000\n"
    first, second = nvidia_gpus(said)
    assert (first.name, first.maker) == ("NVIDIA GeForce RTX 3090", GpuMaker.NVIDIA)
    assert (first.memory_bytes, first.free_bytes) == (24 * GIB, 23012 * 1024**2)
    assert second.name == "Quadro, the old one"


def test_nonsense_from_the_driver_is_no_card():
    assert nvidia_gpus("") == ()
    assert nvidia_gpus("No devices were found\n") == ()
    assert nvidia_gpus("Card, [N/A], [N/A]\nNVIDIA-SMI has failed, because, it\n") == ()


def test_linux_tells_the_memory_of_an_amd_card(tmp_path):
    card = tmp_path / "card0" / "device"
    write(card / "vendor", "0x1002\n")
    write(card / "mem_info_vram_total", f"{16 * GIB}\n")
    write(card / "mem_info_vram_used", f"{1 * GIB}\n")
    write(tmp_path / "card0-DP-1" / "device" / "vendor", "0x1002\n")
    (gpu,) = drm_gpus(tmp_path, with_nvidia=True)
    assert gpu == Gpu(name="AMD graphics", maker=GpuMaker.AMD, memory_bytes=16 * GIB, free_bytes=15 * GIB)


def test_graphics_inside_a_processor_share_its_memory(tmp_path):
    write(tmp_path / "card1" / "device" / "vendor", "0x8086\n")
    write(tmp_path / "card2" / "device" / "vendor", "0x1af4\n")
    (gpu,) = drm_gpus(tmp_path, with_nvidia=True)
    assert gpu.maker is GpuMaker.INTEL
    assert gpu.shares_memory
    assert gpu.memory_bytes == 0


def test_an_nvidia_card_that_was_already_told_is_not_told_twice(tmp_path):
    write(tmp_path / "card0" / "device" / "vendor", "0x10de\n")
    assert len(drm_gpus(tmp_path, with_nvidia=True)) == 1
    assert drm_gpus(tmp_path, with_nvidia=False) == ()


def test_a_system_without_graphics_has_none(tmp_path):
    assert drm_gpus(tmp_path / "none", with_nvidia=True) == ()


def test_apples_graphics_may_use_a_part_of_the_memory():
    small = apple_gpu("Apple M2", memory_bytes=24 * GIB, free_bytes=20 * GIB)
    assert small.shares_memory
    assert small.free_bytes == small.memory_bytes == 16 * GIB
    assert apple_gpu("Apple M4 Max", memory_bytes=64 * GIB, free_bytes=10 * GIB).free_bytes == 10 * GIB


def test_the_best_card_is_the_one_with_the_most_room():
    gpus = tuple(
        Gpu(name=str(free), maker=GpuMaker.NVIDIA, memory_bytes=24 * GIB, free_bytes=free * GIB) for free in (4, 20, 8)
    )
    machine = Machine(cpu_name="", cores=1, physical_cores=1, memory_bytes=1, free_bytes=1, gpus=gpus)
    assert machine.best_gpu is gpus[1]
    assert Machine(cpu_name="", cores=1, physical_cores=1, memory_bytes=1, free_bytes=1).best_gpu is None


def test_the_limits_of_a_container_are_seen(tmp_path):
    write(tmp_path / "process", "0::/shop/box\n")
    write(tmp_path / "cgroup/shop/cpu.max", "150000 100000\n")
    write(tmp_path / "cgroup/shop/box/cpu.max", "max 100000\n")
    write(tmp_path / "cgroup/shop/box/memory.max", f"{4 * GIB}\n")
    write(tmp_path / "cgroup/shop/box/memory.current", f"{3 * GIB}\n")
    write(tmp_path / "cgroup/shop/box/memory.stat", f"anon 1\ninactive_file {GIB}\n")
    root, process = tmp_path / "cgroup", tmp_path / "process"
    assert cores_allowed(root, process=process) == 1.5
    assert memory_allowed(root, process=process) == (4 * GIB, 2 * GIB)


def test_the_limits_of_an_old_container_are_seen(tmp_path):
    write(tmp_path / "process", "4:memory:/box\n3:cpu,cpuacct:/box\n")
    write(tmp_path / "cgroup/cpu/box/cpu.cfs_quota_us", "200000\n")
    write(tmp_path / "cgroup/cpu/box/cpu.cfs_period_us", "100000\n")
    write(tmp_path / "cgroup/memory/box/memory.limit_in_bytes", f"{2 * GIB}\n")
    write(tmp_path / "cgroup/memory/box/memory.usage_in_bytes", f"{GIB}\n")
    root, process = tmp_path / "cgroup", tmp_path / "process"
    assert cores_allowed(root, process=process) == 2.0
    assert memory_allowed(root, process=process) == (2 * GIB, GIB)


def test_without_limits_there_are_none(tmp_path):
    write(tmp_path / "process", "0::/\n")
    write(tmp_path / "cgroup/memory.max", "max\n")
    write(tmp_path / "cgroup/memory.limit_in_bytes", "9223372036854771712\n")
    root, process = tmp_path / "cgroup", tmp_path / "process"
    assert cores_allowed(root, process=process) == 0
    assert memory_allowed(root, process=process) == (0, 0)
    assert memory_allowed(tmp_path / "none", process=tmp_path / "none") == (0, 0)
