#include "delivery_receiver.hpp"

#include <charconv>
#include <cstdio>
#include <optional>
#include <vector>

#include "base/digest.hpp"
#include "base/ed25519.hpp"
#include "base/encoding.hpp"

namespace sluice::tool {
namespace {

constexpr std::size_t kMostBodyBytes = std::size_t{64} << 20U;
constexpr std::size_t kMostShownBytes = 2'000;
constexpr std::int64_t kTolerance = 300;  // seconds

std::optional<std::string> decoded_behind(std::string_view prefix, std::string_view text) {
  if (!text.starts_with(prefix)) return std::nullopt;
  return base::from_base64(text.substr(prefix.size()));
}

/// Verifies with any kind of key that Standard Webhooks has.
class Verifier {
 public:
  explicit Verifier(std::string_view secret)
      : symmetric_(decoded_behind("whsec_", secret)), public_(decoded_behind("whpk_", secret)) {
    const auto pair = decoded_behind("whsk_", secret);
    const auto key = pair ? base::Ed25519Key::make(*pair) : std::nullopt;
    if (key) public_ = key->public_key();
    if (public_ && public_->size() != base::kEd25519KeyBytes) public_.reset();
  }

  bool has_key() const { return symmetric_ || public_; }

  bool accepts(std::string_view entry, const std::string& content) const {
    if (symmetric_) {
      const base::Digest digest = base::HmacKey(*symmetric_).sign(content);
      return base::equal_in_constant_time(entry,
                                          "v1," + base::to_base64(base::bytes_of(digest)));
    }
    const auto signature = decoded_behind("v1a,", entry);
    return signature && base::is_ed25519_signature(*public_, content, *signature);
  }

 private:
  std::optional<std::string> symmetric_;
  std::optional<std::string> public_;
};

/// What is received goes to a terminal, so nothing of it may drive the terminal.
std::string shown(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, kMostShownBytes)) {
    const auto byte = static_cast<unsigned char>(c);
    out += (byte < 0x20 && c != '\n') || byte == 0x7F ? '?' : c;
  }
  if (text.size() > kMostShownBytes) out += "...";
  return out;
}

}  // namespace

std::string signature_problem(std::string_view secret, std::string_view id,
                              std::string_view timestamp, std::string_view signatures,
                              std::string_view body, base::Time now) {
  const Verifier verifier(secret);
  if (!verifier.has_key()) return "the secret is not whsec_, whpk_ or whsk_ and base64";
  std::int64_t sent = 0;
  const char* const end = timestamp.data() + timestamp.size();
  const auto [rest, error] = std::from_chars(timestamp.data(), end, sent);
  if (id.empty() || signatures.empty() || error != std::errc{} || rest != end)
    return "webhook-id, webhook-timestamp or webhook-signature is missing";
  const auto current =
      std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  if (current - sent > kTolerance || sent - current > kTolerance)
    return "the timestamp is more than five minutes off";
  std::string content(id);
  content.append(".").append(timestamp).append(".").append(body);
  for (std::size_t from = 0; from < signatures.size();) {
    const std::size_t to = std::min(signatures.find(' ', from), signatures.size());
    if (verifier.accepts(signatures.substr(from, to - from), content)) return "";
    from = to + 1;
  }
  return "no signature fits";
}

class DeliveryReceiver::Body final : public http::BodyReceiver {
 public:
  Body(DeliveryReceiver& owner, const http::RequestHead& head, http::Reply reply)
      : owner_(owner), head_(head), reply_(std::move(reply)) {}

  bool receive(std::string_view bytes) override {
    if (body_.size() + bytes.size() <= kMostBodyBytes) {
      body_ += bytes;
    } else {
      reply_.send({.status = 413});
    }
    return true;
  }
  void finish() override { owner_.answers_.send(std::move(reply_), owner_.take(head_, body_)); }
  void abandon() override {}

 private:
  DeliveryReceiver& owner_;
  const http::RequestHead& head_;  // lives as long as this
  http::Reply reply_;
  std::string body_;
};

std::unique_ptr<http::BodyReceiver> DeliveryReceiver::begin(const http::RequestHead& head,
                                                            http::Reply reply) {
  return std::make_unique<Body>(*this, head, std::move(reply));
}

http::Response DeliveryReceiver::take(const http::RequestHead& head, const std::string& body) {
  // relaxed: figures for people.
  received_.fetch_add(1, std::memory_order_relaxed);
  std::string problem;
  if (!options_.secret.empty()) {
    problem = signature_problem(options_.secret, head.header("webhook-id"),
                                head.header("webhook-timestamp"),
                                head.header("webhook-signature"), body, clock_.now());
    if (!problem.empty()) refused_.fetch_add(1, std::memory_order_relaxed);  // relaxed: as above
  }
  http::Response response;
  response.content_type.clear();
  response.status = !problem.empty() ? 401 : fails_now() ? options_.fail_status : 204;
  if (!options_.is_quiet) {
    const std::string id = shown(head.header("webhook-id"));
    const char* const verified = options_.secret.empty() ? "" : problem.empty() ? ", verified" : "";
    const base::MutexLock lock(output_);
    std::printf("%s %s  %s%s%s%s -> %d\n%s\n", head.method == http::Method::post ? "POST" : "other",
                shown(head.target).c_str(), id.c_str(), verified, problem.empty() ? "" : ", refused: ",
                problem.c_str(), response.status, shown(body).c_str());
    std::fflush(stdout);
  }
  return response;
}

bool DeliveryReceiver::fails_now() {
  if (options_.fail_rate <= 0) return false;
  const base::MutexLock lock(output_);
  return static_cast<double>(chance_.below(1'000'000)) < options_.fail_rate * 1e6;
}

std::uint64_t DeliveryReceiver::received() const noexcept {
  return received_.load(std::memory_order_relaxed);  // relaxed: a figure for people
}

std::uint64_t DeliveryReceiver::refused() const noexcept {
  return refused_.load(std::memory_order_relaxed);  // relaxed: a figure for people
}

}  // namespace sluice::tool
