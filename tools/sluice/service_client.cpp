#include "service_client.hpp"

#include <curl/curl.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <limits>

#include "environment.hpp"
#include "exit_code.hpp"

namespace sluice::tool {
namespace {

namespace json = boost::json;

constexpr std::size_t kAnswerLimit = std::size_t{256} << 20U;

std::size_t append_answer(char* bytes, std::size_t, std::size_t count, void* into) {
  auto& answer = *static_cast<std::string*>(into);
  if (answer.size() + count > kAnswerLimit) return 0;
  answer.append(bytes, count);
  return count;
}

std::string location_text(const json::value& location) {
  std::string text;
  if (!location.is_array()) return text;
  for (const json::value& part : location.get_array()) {
    if (!text.empty()) text += '.';
    text += part.is_string() ? std::string{part.get_string()} : json::serialize(part);
  }
  return text;
}

const json::value* member(const json::value& value, std::string_view name) {
  return value.is_object() ? value.get_object().if_contains(name) : nullptr;
}

/// The webhooks that an ambiguous name may mean, each on a line of its own.
std::string id_lines(const json::value* ids) {
  std::string text;
  if (ids == nullptr || !ids->is_array()) return text;
  for (const json::value& id : ids->get_array())
    if (id.is_string()) text += "\n  " + std::string{id.get_string()};
  return text;
}

}  // namespace

struct ServiceClient::Connection {
  CURL* handle = curl_easy_init();
  curl_slist* headers = nullptr;
  std::string answer;

  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() {
    curl_slist_free_all(headers);
    curl_easy_cleanup(handle);
  }
};

void ServiceAddress::add_to(CLI::App& app) {
  app.add_option("--server", server,
                 "URL of the service (default SLUICE_SERVER, or else http://127.0.0.1:8080)")
      ->option_text("URL");
  app.add_option("--api-key", api_key, "API key (default SLUICE_API_KEY, the better place for it)")
      ->option_text("KEY");
  app.add_option("--ca-file", ca_file,
                 "Certificates to trust instead of the system's (default SLUICE_CA_FILE)")
      ->option_text("FILE");
}

std::string ServiceAddress::url() const {
  std::string text = given_or_environment(server, "SLUICE_SERVER", "http://127.0.0.1:8080");
  while (text.ends_with('/')) text.pop_back();
  return text;
}

std::string ServiceAddress::trusted_file() const {
  return given_or_environment(ca_file, "SLUICE_CA_FILE", "");
}

std::string ServiceAddress::key() const {
  std::string text = given_or_environment(api_key, "SLUICE_API_KEY", "");
  if (!text.empty()) return text;
  throw Failure(ExitCode::bad_usage,
                "no API key: set SLUICE_API_KEY to one that 'sluice keys create' printed");
}

ServiceClient::ServiceClient(const ServiceAddress& address)
    : url_(address.url()),
      ca_file_(address.trusted_file()),
      connection_(std::make_unique<Connection>()) {
  if (connection_->handle == nullptr) throw std::bad_alloc{};
  const std::string authorization = "Authorization: Bearer " + address.key();
  for (const char* line : {authorization.c_str(), "Content-Type: application/json", "Expect:"})
    connection_->headers = curl_slist_append(connection_->headers, line);
}

ServiceClient::~ServiceClient() = default;

ServiceAnswer ServiceClient::call(std::string_view method, std::string_view path,
                                  const json::value& body) {
  CURL* const handle = connection_->handle;
  const std::string url = url_ + std::string{path};
  const std::string verb{method};
  const std::string text = body.is_null() ? std::string{} : json::serialize(body);
  connection_->answer.clear();
  curl_easy_reset(handle);
  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, verb.c_str());
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, connection_->headers);
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, 10L);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT, 120L);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, append_answer);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &connection_->answer);
  if (!ca_file_.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, ca_file_.c_str());
  if (!text.empty()) {
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, text.c_str());
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(text.size()));
  }
  if (const CURLcode code = curl_easy_perform(handle); code != CURLE_OK)
    throw Failure(ExitCode::failed, url + ": " + curl_easy_strerror(code) +
                                        "; is 'sluice serve' running there?");
  ServiceAnswer answer;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &answer.status);
  if (connection_->answer.empty()) return answer;
  json::parse_options options;
  options.max_depth = std::numeric_limits<std::size_t>::max();  // an event in it may be deep
  json::error_code error;
  answer.body = json::parse(connection_->answer, error, {}, options);
  if (error)
    throw Failure(ExitCode::failed, url + ": the answer is not JSON; is that a sluice service?");
  return answer;
}

json::value ServiceClient::expect(std::string_view method, std::string_view path,
                                  const json::value& body) {
  ServiceAnswer answer = call(method, path, body);
  if (answer.status >= 200 && answer.status < 300) return std::move(answer.body);
  const bool is_callers = answer.status >= 400 && answer.status < 500;
  throw Failure(is_callers ? ExitCode::bad_usage : ExitCode::failed, explain(answer));
}

std::string path_part(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                          (byte >= 'a' && byte <= 'z') || c == '-' || c == '_' || c == '~';
    if (is_plain) {
      encoded += c;
    } else {
      encoded += {'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
    }
  }
  return encoded;
}

std::string explain(const ServiceAnswer& answer) {
  std::string text = "the service answered " + std::to_string(answer.status);
  const json::value* error = member(answer.body, "error");
  if (error == nullptr) return text;
  const json::value* message = member(*error, "message");
  if (message != nullptr && message->is_string())
    text += ": " + std::string{message->get_string()};
  const json::value* details = member(*error, "details");
  text += id_lines(details != nullptr ? member(*details, "webhook_ids") : nullptr);
  const json::value* problems =
      details != nullptr ? member(*details, "validation_errors") : nullptr;
  if (problems != nullptr && problems->is_array()) text += problem_lines(problems->get_array());
  return text;
}

std::string problem_lines(const json::array& problems) {
  std::string text;
  for (const json::value& problem : problems) {
    const json::value* location = member(problem, "location");
    const json::value* words = member(problem, "message");
    text += "\n  " + (location != nullptr ? location_text(*location) : std::string{}) + ": " +
            (words != nullptr && words->is_string() ? std::string{words->get_string()}
                                                    : std::string{});
  }
  return text;
}

}  // namespace sluice::tool
