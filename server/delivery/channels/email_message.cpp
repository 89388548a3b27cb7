#include "delivery/channels/email_message.hpp"

#include <cmark.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdlib>
#include <memory>

#include "base/encoding.hpp"
#include "delivery/channels/event_summary.hpp"
#include "domain/template.hpp"

namespace sluice::delivery {
namespace {

namespace json = boost::json;

// These are filled with the event's summary, others' templates with the event itself.
constexpr std::string_view kSubject =
    "{{ event_type }}{% if subject %} ({{ subject }}){% endif %}";
constexpr std::string_view kPlain =
    "{{ event_type }}\n{% if subject %}{{ subject }}\n{% endif %}\nTime: {{ time }}\n"
    "{% if namespace_id %}Namespace: {{ namespace_id }}\n{% endif %}Event: {{ event_id }}\n"
    "{% if fields %}\n{% for field in fields %}"
    "{% if field.name %}{{ field.name }}: {% endif %}{{ field.value }}\n{% endfor %}{% endif %}"
    "{% if left_out %}and {{ left_out }} more\n{% endif %}";
// What mail programs keep: tables, and styles at the elements themselves. The columns' widths are fixed,
// since a long value would squeeze the names otherwise.
#define SLUICE_TABLE \
  "<table style=\"width:100%;table-layout:fixed;border-collapse:collapse;margin-top:12px"
#define SLUICE_ROW(label, value)                                                               \
  "<tr><td style=\"width:28%;padding:4px 16px 4px 0;color:#656d76;vertical-align:top;"          \
  "overflow-wrap:anywhere\">" label                                                            \
  "</td><td style=\"padding:4px 0;overflow-wrap:anywhere;white-space:pre-wrap\">" value "</td></tr>"
constexpr std::string_view kHtml =
    "<!doctype html><html><head><meta charset=\"utf-8\">"
    "<meta name=\"viewport\" content=\"width=device-width\"></head>"
    "<body style=\"margin:0;padding:24px 12px;background:#f3f4f6;color:#1f2328;line-height:1.45;"
    "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:14px\">"
    "<div style=\"max-width:600px;margin:0 auto;padding:20px 24px;background:#ffffff;"
    "border:1px solid #d8dee4;border-radius:8px\">"
    "<div style=\"font-size:18px;font-weight:600;overflow-wrap:anywhere\">{{ event_type }}</div>"
    "{% if subject %}<div style=\"font-size:15px;color:#424a53;overflow-wrap:anywhere\">"
    "{{ subject }}</div>{% endif %}"
    SLUICE_TABLE "\">"                                                                  //
    SLUICE_ROW("Time", "{{ time }}")                                                    //
    "{% if namespace_id %}" SLUICE_ROW("Namespace", "{{ namespace_id }}") "{% endif %}"  //
    SLUICE_ROW("Event", "{{ event_id }}")                                               //
    "</table>"
    "{% if fields %}" SLUICE_TABLE ";padding-top:8px;border-top:1px solid #d8dee4;"
    "border-collapse:separate;border-spacing:0\">{% for field in fields %}"  //
    SLUICE_ROW("{{ field.name }}", "{{ field.value }}") "{% endfor %}</table>{% endif %}"
    "{% if left_out %}<div style=\"color:#656d76\">and {{ left_out }} more</div>{% endif %}"
    "</div></body></html>";
#undef SLUICE_ROW
#undef SLUICE_TABLE

std::string text_setting(const json::object& configs, std::string_view name) {
  const json::value* value = configs.if_contains(name);
  return value != nullptr && value->is_string() ? std::string{value->get_string()} : std::string{};
}

class Filler {
 public:
  Filler(const json::object& event, std::string& problem)
      : event_(event), summary_(summary_of(event)), problem_(problem) {}

  /// `given` with the event or, where nothing is given, `usual` with its summary.
  std::string fill(std::string_view name, std::string_view given, std::string_view usual,
                   domain::Escape escape) {
    const bool is_given = !given.empty();
    const auto compiled = is_given ? domain::Template::compile(given, domain::Syntax::text)
                                   : domain::Template::compile(usual, domain::Syntax::jinja);
    const auto* ready = std::get_if<domain::Template>(&compiled);
    if (ready == nullptr) return refuse(name, std::get<domain::TemplateError>(compiled).message);
    auto rendered = ready->render(is_given ? event_ : summary_, escape);
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
  const json::object summary_;
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
  Filler filler(event, problem);
  EmailMessage message;
  message.subject = filler.fill("subject_template", text_setting(configs, "subject_template"),
                                kSubject, Escape::none);
  const std::string given = text_setting(configs, "body_template");
  const std::string type = text_setting(configs, "content_type");
  const auto body = [&](std::string_view usual, Escape escape) {
    return filler.fill("body_template", given, usual, escape);
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
