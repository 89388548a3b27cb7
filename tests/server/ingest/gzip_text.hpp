// Zipped texts.
#pragma once

#include <zlib.h>

#include <stdexcept>
#include <string>
#include <string_view>

namespace sluice::testkit {

/// One member of gzip.
inline std::string gzip(std::string_view text, int level = 1) {
  z_stream zlib{};
  if (deflateInit2(&zlib, level, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::runtime_error("deflateInit2");
  std::string zipped(deflateBound(&zlib, text.size()), '\0');
  zlib.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  zlib.avail_in = static_cast<uInt>(text.size());
  zlib.next_out = reinterpret_cast<Bytef*>(zipped.data());
  zlib.avail_out = static_cast<uInt>(zipped.size());
  const int status = deflate(&zlib, Z_FINISH);
  zipped.resize(zlib.total_out);
  deflateEnd(&zlib);
  if (status != Z_STREAM_END) throw std::runtime_error("deflate");
  return zipped;
}

}  // namespace sluice::testkit
