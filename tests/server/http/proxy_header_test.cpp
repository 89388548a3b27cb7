#include "http/proxy_header.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/server/http/proxy_headers.hpp"

namespace sluice::http {
namespace {

using State = ProxyHeader::State;
using testkit::binary_header;
using testkit::tcp4;
using testkit::tcp6;

// The client's address, "none", or what is wrong.
std::string told(std::string_view bytes) {
  const ProxyHeader header = read_proxy_header(bytes);
  if (header.state == State::malformed) return "malformed";
  if (header.state == State::incomplete) return "incomplete";
  return header.client ? header.client->text() : "none";
}

TEST(ProxyHeader, ReadsTheTextForm) {
  EXPECT_EQ(told("PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n"), "192.0.2.1");
  EXPECT_EQ(told("PROXY TCP6 2001:db8::1 2001:db8::2 65535 0\r\n"), "2001:db8::1");
  EXPECT_EQ(told("PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n"), "192.0.2.1");
  EXPECT_EQ(told("PROXY UNKNOWN\r\n"), "none");
  EXPECT_EQ(told("PROXY UNKNOWN ffff::1 anything 1 2\r\n"), "none");
}

TEST(ProxyHeader, ReadsTheBinaryForm) {
  EXPECT_EQ(told(binary_header(0x21, 0x11, tcp4("\xc0\x00\x02\x01"))), "192.0.2.1");
  EXPECT_EQ(told(binary_header(0x21, 0x21, tcp6("2001:db8::1"))), "2001:db8::1");
  EXPECT_EQ(told(binary_header(0x21, 0x21, tcp6("::ffff:192.0.2.1"))), "192.0.2.1");
  EXPECT_EQ(told(binary_header(0x21, 0x11, tcp4("\xc0\x00\x02\x01") + "\x04\x00\x01x")),
            "192.0.2.1");  // a TLV behind the addresses
  EXPECT_EQ(told(binary_header(0x20, 0x11, tcp4("\xc0\x00\x02\x01"))), "none");  // LOCAL
  EXPECT_EQ(told(binary_header(0x21, 0x00, "")), "none");
  EXPECT_EQ(told(binary_header(0x21, 0x31, std::string(216, 'x'))), "none");  // a UNIX socket
}

TEST(ProxyHeader, LeavesWhatFollows) {
  const std::string text = "PROXY TCP4 192.0.2.1 198.51.100.2 1 2\r\n";
  EXPECT_EQ(read_proxy_header(text + "GET / HTTP/1.1\r\n").bytes, text.size());
  const std::string binary = binary_header(0x21, 0x11, tcp4("\xc0\x00\x02\x01"));
  EXPECT_EQ(read_proxy_header(binary + "\r\n\r\n").bytes, binary.size());
}

TEST(ProxyHeader, IsIncompleteUntilItsLastByte) {
  for (const std::string& whole :
       {std::string("PROXY TCP4 192.0.2.1 198.51.100.2 1 2\r\n"),
        binary_header(0x21, 0x21, tcp6("2001:db8::1")), binary_header(0x20, 0x00, "")}) {
    for (std::size_t bytes = 0; bytes < whole.size(); ++bytes)
      EXPECT_EQ(told(whole.substr(0, bytes)), "incomplete") << bytes << " of " << whole;
    EXPECT_NE(told(whole), "incomplete");
  }
}

TEST(ProxyHeader, RefusesWhatIsNotOne) {
  for (const std::string_view text :
       {"GET / HTTP/1.1\r\n", "proxy TCP4 1.2.3.4 1.2.3.4 1 2\r\n", "PROXY TCP5 1.2.3.4 1.2.3.4 1 2\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 1 65536\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 -1 2\r\n",
        "PROXY TCP4 1.2.3 1.2.3.4 1 2\r\n", "PROXY TCP4 ::1 ::1 1 2\r\n",
        "PROXY TCP6 1.2.3.4 1.2.3.4 1 2\r\n", "PROXY TCP4 1.2.3.4  1.2.3.4 1 2\r\n",
        "PROXY TCP4\r\n", "PROXY \r\n", "PROXY TCP4 01.2.3.4 1.2.3.4 1 2\r\n", "\x16\x03\x01", "\r\n\r\nX"})
    EXPECT_EQ(told(text), "malformed") << text;
  EXPECT_EQ(told("PROXY UNKNOWN " + std::string(200, 'x')), "malformed");  // no end in sight
}

TEST(ProxyHeader, RefusesBinaryFormsThatSayTooMuchOrTooLittle) {
  const std::string addresses = tcp4("\xc0\x00\x02\x01");
  EXPECT_EQ(told(binary_header(0x11, 0x11, addresses)), "malformed");  // version 1
  EXPECT_EQ(told(binary_header(0x22, 0x11, addresses)), "malformed");  // no command
  EXPECT_EQ(told(binary_header(0x21, 0x12, addresses)), "malformed");  // UDP
  EXPECT_EQ(told(binary_header(0x21, 0x11, addresses.substr(1))), "malformed");
  EXPECT_EQ(told(binary_header(0x21, 0x21, std::string(35, 'x'))), "malformed");
  EXPECT_EQ(told(binary_header(0x21, 0x11, std::string(4081, 'x'))), "malformed");
  EXPECT_EQ(told(binary_header(0x21, 0x11, std::string(4080, 'x'))), "120.120.120.120");
}

}  // namespace
}  // namespace sluice::http
