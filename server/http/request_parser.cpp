// Beast 1.81 takes a message whose transfer coding it does not know for one without a body, takes a
// missing Host, unfolds obs-fold, counts its header limit anew with every read, and fails an
// assertion when the last chunk arrives in pieces. Here each of them is refused, counted or avoided.
#include "http/request_parser.hpp"

#include <boost/beast/http/basic_parser.hpp>
#include <limits>
#include <optional>

#include "http/request_rules.hpp"

namespace sluice::http {
namespace {

namespace beast_http = boost::beast::http;
using boost::beast::error_code;
using BeastText = boost::beast::string_view;

std::string_view to_std(BeastText text) noexcept { return {text.data(), text.size()}; }

constexpr Refusal kMalformed{400, "The request is not well-formed HTTP/1.1"};
constexpr Refusal kHeadersTooLarge{431, "The header fields are larger than allowed"};
constexpr Refusal kUrlTooLong{414, "The URL is longer than allowed"};
constexpr std::size_t kRequestLineSlack = 64;  // method, version and blanks beside the URL
constexpr std::size_t kLastChunkBytes = 5;     // 0 CR LF CR LF

}  // namespace

class RequestParser::Impl {
 public:
  explicit Impl(const RequestLimits& limits) : limits_(limits) {}

  void start(Exchange& exchange) {
    parser_.emplace(*this);
    parser_->header_limit(static_cast<std::uint32_t>(limits_.header_bytes));
    parser_->body_limit(boost::none);
    parser_->eager(false);
    exchange_ = &exchange;
    facts_ = {};
  }

  Advance advance(std::string_view bytes) {
    if (is_before_chunk() && bytes.size() < kLastChunkBytes) return {Step::need_more, 0};
    given_ = bytes;
    facts_.fragment = {};
    const bool was_head_done = parser_->is_header_done();
    error_code error;
    const std::size_t used = parser_->put({bytes.data(), bytes.size()}, error);
    if (!was_head_done) return after_head_bytes(used, error);
    if (error && error != beast_http::error::need_more) return refuse(kMalformed);
    if (!facts_.fragment.empty()) return {Step::fragment, used, facts_.fragment};
    if (error != beast_http::error::need_more) return {Step::moved, used};
    // A line of chunk sizes, or the trailer.
    if (bytes.size() - used > limits_.header_bytes) return refuse(kHeadersTooLarge);
    return {Step::need_more, used};
  }

  bool is_done() const { return parser_->is_done(); }
  bool is_head_done() const { return parser_ && parser_->is_header_done(); }
  bool keeps_alive() const { return parser_->is_header_done() && parser_->keep_alive(); }
  bool expects_continue() const { return facts_.expects_continue; }
  std::uint64_t remaining() const {
    if (parser_->is_done()) return 0;
    if (!parser_->is_header_done()) return std::numeric_limits<std::uint64_t>::max();
    return parser_->content_length_remaining().value_or(std::numeric_limits<std::uint64_t>::max());
  }
  std::uint64_t remaining_in_one_piece() const {
    if (!is_head_done() || parser_->is_done()) return 0;
    return parser_->content_length_remaining().value_or(0);
  }
  const Refusal& refusal() const { return facts_.refusal; }

 private:
  class Parser final : public beast_http::basic_parser<true> {
   public:
    explicit Parser(Impl& impl) : impl_(impl) {}

   private:
    void on_request_impl(beast_http::verb /*method*/, BeastText method, BeastText target,
                         int version, error_code& error) override {
      impl_.see_request_line(to_std(method), to_std(target), version);
      impl_.stop_if_refused(error);
    }
    void on_field_impl(beast_http::field field, BeastText name, BeastText value,
                       error_code& error) override {
      impl_.see_field(field, to_std(name), to_std(value));
      impl_.stop_if_refused(error);
    }
    void on_header_impl(error_code& error) override {
      impl_.see_end_of_head();
      impl_.stop_if_refused(error);
    }
    std::size_t on_body_impl(BeastText body, error_code& /*error*/) override {
      impl_.facts_.fragment = to_std(body);
      return body.size();
    }
    void on_chunk_header_impl(std::uint64_t size, BeastText /*extensions*/,
                              error_code& /*error*/) override {
      impl_.facts_.chunk_bytes = size;
    }
    std::size_t on_chunk_body_impl(std::uint64_t /*remain*/, BeastText body,
                                   error_code& /*error*/) override {
      impl_.facts_.fragment = to_std(body);
      impl_.facts_.chunk_bytes -= body.size();
      return body.size();
    }
    void on_response_impl(int, BeastText, int, error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    void on_finish_impl(error_code&) override {}

    Impl& impl_;
  };

  // What is known of the request under way.
  struct Facts {
    std::size_t head_bytes = 0;
    int version = 0;  // 10 or 11 once the request line is complete
    unsigned hosts = 0;
    bool has_content_length = false;
    bool has_transfer_encoding = false;
    bool expects_continue = false;
    std::uint64_t chunk_bytes = 0;  // still to come of the chunk
    std::string_view fragment = {};
    Refusal refusal = {};
  };

  // There the last chunk is still to come, and Beast must not be called with less than that.
  bool is_before_chunk() const {
    return is_head_done() && facts_.has_transfer_encoding && facts_.chunk_bytes == 0;
  }

  Advance refuse(const Refusal& refusal) {
    if (facts_.refusal.status == 0) facts_.refusal = refusal;
    return {Step::refused, 0};
  }
  void note(int status, std::string_view message) {
    if (facts_.refusal.status == 0) facts_.refusal = {status, message};
  }
  void stop_if_refused(error_code& error) const {
    if (facts_.refusal.status != 0) error = beast_http::error::bad_value;
  }

  Advance after_head_bytes(std::size_t used, const error_code& error) {
    facts_.head_bytes += used;
    const std::size_t pending = given_.size() - used;
    if (!error) {
      if (facts_.head_bytes > limits_.header_bytes) return refuse(kHeadersTooLarge);
      return {Step::head, used};
    }
    const bool is_limit = error == beast_http::error::header_limit;
    if (!is_limit && error != beast_http::error::need_more) {
      const std::string_view line = given_.substr(0, given_.find("\r\n"));
      if (error == beast_http::error::bad_version && has_http_version(line)) {
        return refuse({505, "This server speaks HTTP/1.1 and HTTP/1.0"});
      }
      return refuse(kMalformed);
    }
    if (facts_.version == 0 && (is_limit || pending > limits_.url_bytes + kRequestLineSlack)) {
      return refuse(kUrlTooLong);
    }
    if (is_limit || facts_.head_bytes + pending > limits_.header_bytes) {
      return refuse(kHeadersTooLarge);
    }
    return {Step::need_more, used};
  }

  void see_request_line(std::string_view method, std::string_view target, int version) {
    facts_.version = version;
    if (target.size() > limits_.url_bytes) note(kUrlTooLong.status, kUrlTooLong.message);
    if (!is_target(target, method == "OPTIONS")) note(400, "The request target is malformed");
    exchange_->set_request_line(to_method(method), target, version == 10);
  }

  void see_field(beast_http::field field, std::string_view name, std::string_view value) {
    if (is_head_done()) return;  // of a trailer: dropped
    if (is_folded(name, value)) return note(400, "A header field is folded over several lines");
    if (exchange_->fields() == limits_.header_fields) {
      return note(431, "There are more header fields than allowed");
    }
    switch (field) {
      case beast_http::field::host:
        ++facts_.hosts;
        if (!is_host(value)) note(400, "The Host header field is malformed");
        break;
      case beast_http::field::content_length:
        if (facts_.has_content_length) note(400, "There are several Content-Length header fields");
        facts_.has_content_length = true;
        if (!content_length(value)) note(400, "The Content-Length header field is malformed");
        break;
      case beast_http::field::transfer_encoding:
        if (facts_.has_transfer_encoding || !equal_ignoring_case(value, "chunked")) {
          note(400, "The only transfer coding that is understood is chunked");
        }
        facts_.has_transfer_encoding = true;
        break;
      case beast_http::field::expect:
        if (facts_.version == 10) break;
        if (!equal_ignoring_case(value, "100-continue")) {
          note(417, "The only expectation that is understood is 100-continue");
        }
        facts_.expects_continue = true;
        break;
      default: break;
    }
    exchange_->add_field(name, value);
  }

  // Whether line ends stand between name and value, or Beast has put the value together elsewhere.
  bool is_folded(std::string_view name, std::string_view value) const {
    const char* at = name.data() + name.size() + 1;
    const char* const end = given_.data() + given_.size();
    while (at < end && (*at == ' ' || *at == '\t')) ++at;
    return at != value.data();
  }

  void see_end_of_head() {
    if (facts_.hosts > 1 || (facts_.hosts == 0 && facts_.version == 11)) {
      note(400, "There must be exactly one Host header field");
    }
    if (facts_.has_transfer_encoding && facts_.has_content_length) {
      note(400, "Transfer-Encoding and Content-Length exclude each other");
    }
    if (facts_.has_transfer_encoding && facts_.version == 10) {
      note(400, "HTTP/1.0 has no transfer codings");
    }
    const bool has_body = !parser_->is_done();
    facts_.expects_continue &= has_body;
    const auto length = parser_->content_length();
    exchange_->set_body(length ? std::optional<std::uint64_t>(*length) : std::nullopt, has_body);
  }

  const RequestLimits& limits_;
  std::optional<Parser> parser_;
  Exchange* exchange_ = nullptr;
  std::string_view given_;
  Facts facts_;
};

RequestParser::RequestParser(const RequestLimits& limits)
    : impl_(std::make_unique<Impl>(limits)) {}
RequestParser::~RequestParser() = default;

void RequestParser::start(Exchange& exchange) { impl_->start(exchange); }
RequestParser::Advance RequestParser::advance(std::string_view bytes) {
  return impl_->advance(bytes);
}
bool RequestParser::is_done() const noexcept { return impl_->is_done(); }
bool RequestParser::is_head_done() const noexcept { return impl_->is_head_done(); }
bool RequestParser::keeps_alive() const noexcept { return impl_->keeps_alive(); }
bool RequestParser::expects_continue() const noexcept { return impl_->expects_continue(); }
std::uint64_t RequestParser::remaining() const noexcept { return impl_->remaining(); }
std::uint64_t RequestParser::remaining_in_one_piece() const noexcept {
  return impl_->remaining_in_one_piece();
}
const Refusal& RequestParser::refusal() const noexcept { return impl_->refusal(); }

}  // namespace sluice::http
