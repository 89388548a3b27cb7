#include "delivery/channels/smtp_mailer.hpp"

#include <curl/curl.h>
#include <sys/socket.h>

#include <chrono>
#include <future>
#include <memory>
#include <utility>
#include <variant>

namespace sluice::delivery {
namespace {

// Twice what the resolver takes.
constexpr std::chrono::seconds kResolving{10};

struct FreeList {
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
struct FreeMime {
  void operator()(curl_mime* mime) const noexcept { curl_mime_free(mime); }
};
struct FreeHandle {
  void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
};
using List = std::unique_ptr<curl_slist, FreeList>;
using Mime = std::unique_ptr<curl_mime, FreeMime>;

void append(List& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) throw std::bad_alloc{};
  static_cast<void>(list.release());
  list.reset(longer);
}

/// `text` with CR LF for each line break, which a mail's text has before it is encoded (RFC 2045
/// section 6.7): a lone LF would come out as =0A, which is no line break.
std::string canonical_lines(const std::string& text) {
  std::string lines;
  lines.reserve(text.size() + text.size() / 32);
  char before = '\0';
  for (const char c : text) {
    if (c == '\n' && before != '\r') lines += '\r';
    lines += c;
    before = c;
  }
  return lines;
}

void set_part(curl_mimepart* part, const std::string& text, const std::string& type) {
  const std::string body = canonical_lines(text);
  curl_mime_data(part, body.data(), body.size());
  curl_mime_type(part, type.c_str());
  curl_mime_encoder(part, "quoted-printable");
}

Mime make_body(CURL* handle, const Mail& mail) {
  Mime mime(curl_mime_init(handle));
  if (mail.plain_body.empty()) {
    set_part(curl_mime_addpart(mime.get()), mail.body, mail.content_type);
    return mime;
  }
  set_part(curl_mime_addpart(mime.get()), mail.plain_body, "text/plain; charset=utf-8");
  set_part(curl_mime_addpart(mime.get()), mail.body, mail.content_type);
  return mime;
}

/// Waits for the resolver, which keeps to a time of its own; but not for ever.
ResolutionResult resolved(Resolver& resolver, const std::string& host) {
  const auto answer = std::make_shared<std::promise<ResolutionResult>>();
  auto known = answer->get_future();
  resolver.resolve(host, [answer](const ResolutionResult& result) { answer->set_value(result); });
  if (known.wait_for(kResolving) == std::future_status::ready) return known.get();
  return "cannot resolve " + host + ": no answer in time";
}

/// The line of CURLOPT_RESOLVE that makes libcurl take these addresses and no others.
std::string pinned(const RelayEndpoint& relay, const std::vector<IpAddress>& addresses) {
  std::string line = relay.host + ":" + std::to_string(relay.port) + ":";
  for (const IpAddress& address : addresses) {
    if (line.back() != ':') line += ',';
    const bool is_v6 = address.family() == IpAddress::Family::v6;
    line += is_v6 ? "[" + address.text() + "]" : address.text();
  }
  return line;
}

MailResult failed(std::string why) { return {.error = std::move(why)}; }

MailResult refused(std::string_view range) {
  return failed("requests to the mail relay are refused: " + std::string{range});
}

std::size_t ignore(char*, std::size_t size, std::size_t count, void*) { return size * count; }

MailResult judge(CURLcode code, long reply, const char* words) {
  MailResult result;
  result.reply_code = reply;
  if (code == CURLE_OK) {
    result.kind = MailResult::Kind::accepted;
    return result;
  }
  result.error = curl_easy_strerror(code);
  if (words[0] != '\0') result.error = words;
  if (reply >= 400) result.error += " (reply " + std::to_string(reply) + ")";
  // A refused login is the operator's to mend, and the mail's turn comes again when it is.
  const bool is_refused = reply >= 500 && reply < 600 && code != CURLE_LOGIN_DENIED;
  result.kind = is_refused ? MailResult::Kind::permanent : MailResult::Kind::transient;
  return result;
}

}  // namespace

/// One thread's connection to the relay. libcurl keeps it open between mails.
class SmtpMailer::Connection {
 public:
  Connection(const SmtpRelay& relay, const EgressGuard& guard, Resolver& resolver)
      : relay_(relay), guard_(guard), resolver_(resolver), handle_(curl_easy_init()) {
    if (handle_ == nullptr) throw std::bad_alloc{};
  }

  MailResult send(const Mail& mail) {
    const auto found = find_relay(relay_.url, guard_);
    if (const auto* why = std::get_if<std::string>(&found)) return failed("smtp.url: " + *why);
    const auto& endpoint = std::get<RelayEndpoint>(found);
    host_ = endpoint.host;
    const ResolutionResult answer = resolved(resolver_, host_);
    if (const auto* why = std::get_if<std::string>(&answer)) return failed(*why);
    const std::vector<IpAddress>& addresses = std::get<Resolution>(answer).addresses;
    if (const auto why = guard_.refusal(addresses, host_); !why.empty())
      return refused(why);
    return send_to(endpoint, addresses, mail);
  }

 private:
  MailResult send_to(const RelayEndpoint& endpoint, const std::vector<IpAddress>& addresses,
                     const Mail& mail) {
    CURL* const handle = handle_.get();
    curl_easy_reset(handle);
    List recipients;
    List headers;
    List places;
    if (!endpoint.is_address) append(places, pinned(endpoint, addresses));
    append(recipients, mail.recipient);
    for (const std::string& line : mail.headers) append(headers, line);
    // libcurl takes the kind of the whole, multipart/mixed otherwise, from here and adds the boundary.
    if (!mail.plain_body.empty()) append(headers, "Content-Type: multipart/alternative");
    const Mime body = make_body(handle, mail);
    char words[CURL_ERROR_SIZE] = "";
    curl_easy_setopt(handle, CURLOPT_URL, relay_.url.c_str());
    curl_easy_setopt(handle, CURLOPT_RESOLVE, places.get());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(handle, CURLOPT_USE_SSL,
                     static_cast<long>(relay_.is_tls_required ? CURLUSESSL_ALL : CURLUSESSL_NONE));
    curl_easy_setopt(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!relay_.ca_file.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, relay_.ca_file.c_str());
    if (!relay_.username.empty()) {
      curl_easy_setopt(handle, CURLOPT_USERNAME, relay_.username.c_str());
      curl_easy_setopt(handle, CURLOPT_PASSWORD, relay_.password.c_str());
    }
    curl_easy_setopt(handle, CURLOPT_MAIL_FROM, relay_.from.c_str());
    curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, recipients.get());
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(handle, CURLOPT_MIMEPOST, body.get());
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, 10L);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(mail.timeout.count()));
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, ignore);
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, words);
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, &Connection::open_socket);
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, this);
    refusal_.clear();
    const CURLcode code = curl_easy_perform(handle);
    long reply = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &reply);
    MailResult result = judge(code, reply, words);
    if (!refusal_.empty() && code != CURLE_OK) result = refused(refusal_);
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, nullptr);  // it ends with this call
    return result;
  }

  static curl_socket_t open_socket(void* self, curlsocktype, curl_sockaddr* address) {
    auto& connection = *static_cast<Connection*>(self);
    const std::string_view refusal =
        connection.guard_.refusal(&address->addr, address->addrlen, connection.host_);
    if (!refusal.empty()) {
      connection.refusal_ = refusal;
      return CURL_SOCKET_BAD;
    }
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  }

  const SmtpRelay& relay_;
  const EgressGuard& guard_;
  Resolver& resolver_;
  std::string host_;  // of the mail that is being sent
  const std::unique_ptr<CURL, FreeHandle> handle_;
  std::string refusal_;
};

SmtpMailer::SmtpMailer(SmtpRelay relay, const EgressGuard& guard, Resolver& resolver,
                       std::size_t threads)
    : relay_(std::move(relay)), guard_(guard), resolver_(resolver) {
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

SmtpMailer::~SmtpMailer() {
  {
    const base::MutexLock lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_all();
}

bool SmtpMailer::send(std::vector<Mail> mails, Receiver receiver) {
  {
    const base::MutexLock lock(mutex_);
    if (is_stopping_ || queue_.size() >= kMostWaiting) return false;
    queue_.push_back({std::move(mails), std::move(receiver)});
  }
  wake_.notify_one();
  return true;
}

void SmtpMailer::work() {
  std::unique_ptr<Connection> connection;
  for (;;) {
    Job job;
    bool is_stopping = false;
    {
      const base::MutexLock lock(mutex_);
      while (queue_.empty() && !is_stopping_) wake_.wait(mutex_);
      if (queue_.empty()) return;
      job = std::move(queue_.front());
      queue_.pop_front();
      is_stopping = is_stopping_;
    }
    std::vector<MailResult> results;
    for (const Mail& mail : job.mails) {
      if (is_stopping) {
        results.push_back({.error = "the service is stopping"});
        continue;
      }
      try {
        if (!connection) connection = std::make_unique<Connection>(relay_, guard_, resolver_);
        results.push_back(connection->send(mail));
      } catch (const std::bad_alloc&) {
        results.push_back({.error = "out of memory"});
      }
    }
    job.receiver(std::move(results));
  }
}

}  // namespace sluice::delivery
