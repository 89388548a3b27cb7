// Any bytes at the begin of a connection: a header is never longer than the bytes or the limit, and the
// bytes behind it make no difference.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fuzz/require.hpp"
#include "http/proxy_header.hpp"

using namespace sluice::http;
using sluice::testkit::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using State = ProxyHeader::State;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const ProxyHeader whole = read_proxy_header(bytes);
  if (whole.state == State::incomplete)
    require(size < ProxyHeader::kMostBytes, "at the limit there is a verdict");
  if (whole.state == State::complete) {
    require(whole.bytes <= std::min(size, ProxyHeader::kMostBytes), "a header is in its bytes");
    const ProxyHeader alone = read_proxy_header(bytes.substr(0, whole.bytes));
    require(alone.state == State::complete && alone.bytes == whole.bytes &&
                alone.client == whole.client,
            "what follows a header changes nothing");
  }
  for (std::size_t part = 0; part < std::min(size, std::size_t{300}); ++part) {
    const State state = read_proxy_header(bytes.substr(0, part)).state;
    if (whole.state == State::incomplete)
      require(state == State::incomplete, "a longer begin is not less wrong");
    if (whole.state == State::complete && part < whole.bytes)
      require(state == State::incomplete, "a part of a header is incomplete");
  }
  return 0;
}
