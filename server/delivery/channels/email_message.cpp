#include "delivery/channels/email_message.hpp"

#include <cmark.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdlib>
#include <memory>

#include "base/encoding.hpp"
#include "domain/template.hpp"

namespace sluice::delivery {
namespace {

namespace json = boost::json;

constexpr std::string_view kSubject =
    "{{ event_type }}{% if subject.id %} ({{ subject.type }} {{ subject.id }}){% endif %}";
constexpr std::string_view kPlain =
    "{{ event_type }}\n\nEvent: {{ event_id }}\nTime: {{ occurred_at }}\n"
    "{% if namespace_id %}Namespace: {{ namespace_id }}\n{% endif %}"
    "{% if subject %}Subject: {{ subject }}\n{% endif %}"
    "{% if metadata %}\n{{ metadata }}\n{% endif %}";
constexpr std::string_view kHtml =
    R"(<!doctype html><html><body style="font-family:sans-serif;color:#1a1a1a">)"
    R"(<h2 style="margin:0 0 12px">{{ event_type }}</h2>)"
    R"(<table style="border-collapse:collapse;font-size:14px">)"
    R"(<tr><td style="padding:2px 16px 2px 0;color:#666">Event</td><td>{{ event_id }}</td></tr>)"
    R"(<tr><td style="padding:2px 16px 2px 0;color:#666">Time</td><td>{{ occurred_at }}</td></tr>)"
    R"({% if namespace_id %}<tr><td style="padding:2px 16px 2px 0;color:#666">Namespace</td>)"
    R"(<td>{{ namespace_id }}</td></tr>{% endif %})"
    R"({% if subject %}<tr><td style="padding:2px 16px 2px 0;color:#666">Subject</td>)"
    R"(<td>{{ subject }}</td></tr>{% endif %}</table>)"
    R"({% if metadata %}<pre style="background:#f4f4f4;padding:12px;white-space:pre-wrap">)"
    R"({{ metadata }}</pre>{% endif %}</body></html>)";

std::string text_setting(const json::object& configs, std::string_view name) {
  const json::value* value = configs.if_contains(name);
  return value != nullptr && value->is_string() ? std::string{value->get_string()} : std::string{};
}

class Filler {
 public:
  Filler(const json::object& event, std::string& problem) : event_(event), problem_(problem) {}

  std::string fill(std::string_view name, std::string_view source, domain::Syntax syntax,
                   domain::Escape escape) {
    const auto compiled = domain::Template::compile(source, syntax);
    const auto* ready = std::get_if<domain::Template>(&compiled);
    if (ready == nullptr) return refuse(name, std::get<domain::TemplateError>(compiled).message);
    auto rendered = ready->render(event_, escape);
    if (const auto* error = std::get_if<domain::RenderError>(&rendered))
      return refuse(name, error->message);
    return std::move(std::get<std::string>(rendered));
  }

 private:
  std::string refuse(std::string_view name, const std::string& message) {
    problem_ = std::string{name} + ": " + message;
    return {};
  }

  const json::object& event_;
  std::string& problem_;
};

/// Raw HTML in the text is left out, dangerous links too (cmark's safe mode).
std::string html_of_markdown(const std::string& text) {
  const std::unique_ptr<char, decltype(&std::free)> html(
      cmark_markdown_to_html(text.data(), text.size(), CMARK_OPT_DEFAULT), &std::free);
  return html == nullptr ? std::string{} : std::string{html.get()};
}

}  // namespace

EmailMessage email_message(const json::object& event, const json::object& configs,
                           std::string& problem) {
  using domain::Escape;
  using domain::Syntax;
  Filler filler(event, problem);
  EmailMessage message;
  const std::string subject = text_setting(configs, "subject_template");
  message.subject = filler.fill("subject_template", subject.empty() ? kSubject : subject,
                                subject.empty() ? Syntax::jinja : Syntax::text, Escape::none);
  const std::string given = text_setting(configs, "body_template");
  const std::string type = text_setting(configs, "content_type");
  const auto body = [&](std::string_view usual, Escape escape) {
    return filler.fill("body_template", given.empty() ? usual : given,
                       given.empty() ? Syntax::jinja : Syntax::text, escape);
  };
  if (type == "plain_text") {
    message.content_type = "text/plain; charset=utf-8";
    message.body = body(kPlain, Escape::none);
  } else if (type == "json") {
    message.content_type = "application/json";
    message.body = given.empty() ? json::serialize(event) : body({}, Escape::json);
  } else if (type == "markdown") {
    message.plain_body = body(kPlain, Escape::none);
    message.content_type = "text/html; charset=utf-8";
    message.body = html_of_markdown(message.plain_body);
  } else {
    message.content_type = "text/html; charset=utf-8";
    message.body = body(kHtml, Escape::html);
    if (given.empty()) message.plain_body = body(kPlain, Escape::none);
  }
  return message;
}

std::string header_value(std::string_view text) {
  std::string clean;
  bool is_ascii = true;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    clean += byte < 0x20 || byte == 0x7F ? ' ' : c;
    is_ascii = is_ascii && byte < 0x80;
  }
  constexpr std::size_t kLongestLine = 900;
  if (is_ascii && clean.size() <= kLongestLine && clean.find("=?") == clean.npos) return clean;
  std::string encoded;
  constexpr std::size_t kWordBytes = 42;  // 56 characters of base64, 68 with what stands around them
  for (std::size_t at = 0; at < clean.size();) {
    std::size_t end = std::min(at + kWordBytes, clean.size());
    while (end < clean.size() && end > at + 1 &&
           (static_cast<unsigned char>(clean[end]) & 0xC0U) == 0x80U)
      --end;  // a word ends between characters
    if (!encoded.empty()) encoded += "\r\n ";
    encoded += "=?utf-8?B?" + base::to_base64(std::string_view{clean}.substr(at, end - at)) + "?=";
    at = end;
  }
  return encoded;
}

}  // namespace sluice::delivery
