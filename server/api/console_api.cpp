#include "api/console_api.hpp"

#include <set>
#include <string>

#include "console/console_files.hpp"

namespace sluice::api {
namespace {

constexpr std::string_view kPage = "index.html";

// Nothing but our own files, and no frame around them: a page that holds a key must run no code that
// a webhook's name or a receiver's answer brings in.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

http::Response answer(const console::File& file, std::string_view known_etag) {
  http::Response response;
  response.headers = {{"ETag", std::string{file.etag}},
                      {"Cache-Control", "no-cache"},  // kept, but asked for again: 304
                      {"Content-Security-Policy", std::string{kPolicy}},
                      {"X-Content-Type-Options", "nosniff"},
                      {"Referrer-Policy", "no-referrer"},
                      {"Cross-Origin-Opener-Policy", "same-origin"},
                      {"Cross-Origin-Resource-Policy", "same-origin"}};
  if (known_etag.find(file.etag) != std::string_view::npos) {
    response.status = 304;
    return response;
  }
  response.content_type = file.content_type;
  response.body = file.bytes;
  return response;
}

/// The path of each file, in one place for as long as the process runs.
std::string_view path_of(const console::File& file) {
  static const std::set<std::string> paths = [] {
    std::set<std::string> all;
    for (const console::File& each : console::files())
      all.insert("/console/" + std::string{each.name});
    return all;
  }();
  if (file.name == kPage) return "/";
  return *paths.find("/console/" + std::string{file.name});
}

}  // namespace

void ConsoleApi::add_to(Routes& routes) const {
  for (const console::File& file : console::files()) {
    routes.push_back({http::Method::get, path_of(file), std::nullopt,
                      [&file](Call& call) { return answer(file, call.if_none_match); }});
  }
}

}  // namespace sluice::api
