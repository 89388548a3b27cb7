#include "ingest/gzip_reader.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

namespace sluice::ingest {
namespace {

constexpr int kGzipOnly = 15 + 16;  // the largest window, and no header but gzip's

uInt length(std::size_t bytes) noexcept {
  return static_cast<uInt>(std::min<std::size_t>(bytes, std::numeric_limits<uInt>::max()));
}

}  // namespace

struct GzipReader::Stream {
  Stream() {
    if (inflateInit2(&zlib, kGzipOnly) != Z_OK) throw std::bad_alloc();
  }
  ~Stream() { inflateEnd(&zlib); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  z_stream zlib{};
};

GzipReader::GzipReader() : stream_(std::make_unique<Stream>()) {}

GzipReader::~GzipReader() = default;

std::size_t GzipReader::read(std::string_view& input, std::span<char> output) {
  z_stream& zlib = stream_->zlib;
  std::size_t written = 0;
  while (!is_bad_ && written != output.size()) {
    if (is_whole_ && !input.empty()) {
      inflateReset(&zlib);
      is_whole_ = false;
    }
    // Without input there may still be output that did not fit before.
    zlib.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));  // zlib only reads it
    zlib.avail_in = length(input.size());
    zlib.next_out = reinterpret_cast<Bytef*>(output.data() + written);
    zlib.avail_out = length(output.size() - written);
    const uInt given_in = zlib.avail_in;
    const uInt given_out = zlib.avail_out;
    const int status = is_whole_ ? Z_BUF_ERROR : inflate(&zlib, Z_NO_FLUSH);
    input.remove_prefix(given_in - zlib.avail_in);
    written += given_out - zlib.avail_out;
    if (status == Z_MEM_ERROR) throw std::bad_alloc();
    if (status == Z_BUF_ERROR) break;  // it wants more input
    is_whole_ = status == Z_STREAM_END;
    is_bad_ = status != Z_OK && status != Z_STREAM_END;
  }
  return written;
}

}  // namespace sluice::ingest
