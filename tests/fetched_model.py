"""A small model on a loopback hub, and a process that fetches it: ``python fetched_model.py ADDRESS FOLDER``."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from loopback_hub import REVISION
from made_gguf import Q4_K, QWEN, gguf
from near_client import near_client

from models.hub.catalog import Offer, OfferFile, Shape
from models.hub.download import Download
from models.hub.transfer import Retries

REPOSITORY = "heron/Small-GGUF"
FILE = "Small-Q4_K_M.gguf"
FAST = Retries(attempts=5, first_wait_s=0.01, longest_wait_s=0.02)
SHAPE = Shape(
    layers=2, embedding=256, heads=4, kv_heads=2, head_dim=64, ffn=512, vocabulary=5, parameters=0, context_tokens=32768
)


def model_bytes(megabytes: float = 20) -> bytes:
    """A sound model file of about this size whose weights are noise that is the same each time."""
    rows = int(megabytes * 1_000_000 / 2304)
    whole = gguf(QWEN, tensors=(("blk.0.weight", (4096, rows), Q4_K),))
    noise = hashlib.shake_128(b"heron").digest(1 << 16)
    body = bytearray(whole)
    head = len(body) - rows * 2304
    for place in range(head, len(body), len(noise)):
        body[place : place + len(noise)] = noise[: len(body) - place]
        body[place : place + 8] = place.to_bytes(8, "little")[: len(body) - place]
    return bytes(body)


MODEL = model_bytes()
SHA = hashlib.sha256(MODEL).hexdigest()


def offer(content=MODEL, *, file=FILE, sha=None, size=None, revision=REVISION):
    checksum = hashlib.sha256(content).hexdigest() if sha is None else sha
    return Offer(
        family="small",
        name="Small Q4_K_M",
        quantisation="Q4_K_M",
        repository=REPOSITORY,
        revision=revision,
        files=(OfferFile(path=file, size_bytes=size or len(content), sha256=checksum),),
        shape=SHAPE,
    )


def download(address, client, folder, wanted=None, **more):
    more = {"retries": FAST, "mirror": address} | more
    return Download(wanted or offer(), folder=folder, client=client, **more)


if __name__ == "__main__":
    with near_client(sys.argv[1]) as near:
        download(sys.argv[1], near, Path(sys.argv[2])).run()
