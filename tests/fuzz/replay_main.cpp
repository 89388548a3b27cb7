// Runs a fuzz target over every file of the directories given, so that its corpus is a test of an
// ordinary build. A directory without files fails: nothing would have been tested.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;

bool replay(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || file.bad()) {
    std::fprintf(stderr, "cannot read %s\n", path.c_str());
    return false;
  }
  // Copied to memory of exactly its size, so that AddressSanitizer sees a read past the end.
  const std::vector<std::uint8_t> input(bytes.begin(), bytes.end());
  std::fprintf(stderr, "%s\n", path.c_str());  // the last one named is the one that crashed
  LLVMFuzzerTestOneInput(input.data(), input.size());
  return true;
}

std::size_t replay_directory(const fs::path& directory) {
  std::size_t replayed = 0;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file() && replay(entry.path())) ++replayed;
  }
  return replayed;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s DIRECTORY...\n", argv[0]);
    return 2;
  }
  for (int i = 1; i < argc; ++i) {
    const std::size_t replayed = replay_directory(argv[i]);
    std::printf("%s: %zu inputs\n", argv[i], replayed);
    if (replayed == 0) return 1;
  }
  return 0;
}
