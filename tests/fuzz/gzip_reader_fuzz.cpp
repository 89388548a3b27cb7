// Any bytes as gzip data, and gzip data made of them with one byte changed: how input and output are cut
// changes nothing, no more comes out than there is room for, and what was zipped comes back.
// The first byte says how, the second and third how long the pieces are.
#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/require.hpp"
#include "ingest/gzip_reader.hpp"

namespace {

using sluice::testkit::require;

// A few KiB of input unfold to megabytes; the rest of such a bomb is like its beginning.
constexpr std::size_t kMostOutput = std::size_t{1} << 20U;

struct Read {
  std::string text;
  bool is_bad = false;
  bool is_whole = false;

  friend bool operator==(const Read&, const Read&) = default;
};

Read unzip(std::string_view zipped, std::size_t input_bytes, std::size_t output_bytes) {
  sluice::ingest::GzipReader reader;
  Read read;
  std::vector<char> room(output_bytes);
  while (!zipped.empty() && !reader.is_bad() && read.text.size() < kMostOutput) {
    std::string_view piece = zipped.substr(0, input_bytes);
    zipped.remove_prefix(piece.size());
    for (;;) {
      const std::size_t count = reader.read(piece, room);
      require(count <= room.size(), "no more comes out than there is room for");
      read.text.append(room.data(), count);
      if (count < room.size() || read.text.size() >= kMostOutput) break;
    }
    require(piece.empty() || reader.is_bad() || read.text.size() >= kMostOutput,
            "all of the input is used");
  }
  read.text.resize(std::min(read.text.size(), kMostOutput));
  if (read.text.size() == kMostOutput) return read;  // how far it came beyond depends on the pieces
  read.is_bad = reader.is_bad();
  read.is_whole = reader.is_whole();
  return read;
}

std::string zip(std::string_view text) {
  z_stream zlib{};
  require(deflateInit2(&zlib, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK,
          "zlib starts");
  std::string zipped(deflateBound(&zlib, static_cast<uLong>(text.size())), '\0');
  zlib.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  zlib.avail_in = static_cast<uInt>(text.size());
  zlib.next_out = reinterpret_cast<Bytef*>(zipped.data());
  zlib.avail_out = static_cast<uInt>(zipped.size());
  require(deflate(&zlib, Z_FINISH) == Z_STREAM_END, "zlib zips");
  zipped.resize(zlib.total_out);
  deflateEnd(&zlib);
  return zipped;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4) return 0;
  const std::string_view text{reinterpret_cast<const char*>(data) + 4, size - 4};
  std::string zipped{text};
  if (data[0] % 4 != 0) {
    const std::size_t cut = data[3] * text.size() / 256;
    zipped = zip(text.substr(0, cut));  // two members that follow each other
    zipped += zip(text.substr(cut));
    const Read read = unzip(zipped, zipped.size(), 4096);
    require(read.is_whole && !read.is_bad && read.text == text, "what was zipped comes back");
    if (data[0] % 4 == 1) zipped[data[3] % zipped.size()] ^= static_cast<char>(data[1] | 1U);
    if (data[0] % 4 == 2) zipped.resize(data[3] % zipped.size());
  }
  const Read whole = unzip(zipped, std::max<std::size_t>(zipped.size(), 1), 65'536);
  const Read cut = unzip(zipped, std::size_t{1} + data[1], std::size_t{1} + data[2]);
  require(whole == cut, "the ends of pieces change nothing");
  return 0;
}
