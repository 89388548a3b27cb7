#include "inflater.hpp"

#include <new>
#include <stdexcept>
#include <string>

namespace sluice::tool {

Inflater::Inflater() {
  constexpr int kGzipOnly = 16;
  if (::inflateInit2(&stream_, MAX_WBITS + kGzipOnly) != Z_OK) throw std::bad_alloc();
}

Inflater::~Inflater() { ::inflateEnd(&stream_); }

std::size_t Inflater::inflate(std::string_view& input, std::span<char> into) {
  if (is_at_end_) {
    // Archives on tapes are padded with zeros after the last member.
    input.remove_prefix(std::min(input.find_first_not_of('\0'), input.size()));
    if (input.empty()) return 0;
    ::inflateReset(&stream_);
    is_at_end_ = false;
  }
  // zlib does not write to its input, but its type says so.
  stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
  stream_.avail_in = static_cast<uInt>(input.size());
  stream_.next_out = reinterpret_cast<Bytef*>(into.data());
  stream_.avail_out = static_cast<uInt>(into.size());
  const int status = ::inflate(&stream_, Z_NO_FLUSH);
  if (status == Z_MEM_ERROR) throw std::bad_alloc();
  if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) {
    const char* reason = stream_.msg == nullptr ? "unknown error" : stream_.msg;
    throw std::runtime_error(std::string("the gzip data is damaged: ") + reason);
  }
  is_at_end_ = status == Z_STREAM_END;
  input.remove_prefix(input.size() - stream_.avail_in);
  return into.size() - stream_.avail_out;
}

}  // namespace sluice::tool
