# Read by CMake right after llama.cpp declares its project: leaves out its library of command-line helpers, which
# llama-cpp-python does not load and which is almost half of the compilation. (Its own CMakeLists forces the cache
# entry on; an ordinary variable of the same name goes before a cache entry.)
set(LLAMA_BUILD_COMMON OFF)
