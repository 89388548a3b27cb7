#include "api/webhooks_api.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "api/answer.hpp"
#include "api/api_error.hpp"
#include "domain/merge_patch.hpp"
#include "domain/webhook_view.hpp"

namespace sluice::api {
namespace {

namespace json = boost::json;
using domain::Permission;
using http::Method;

constexpr std::size_t kPlainListLimit = 1000;

std::string etag_of(const domain::Webhook& webhook) {
  return '"' + std::to_string(webhook.version) + '"';
}

http::Response webhook_answer(int status, const domain::Webhook& webhook, domain::Reveal reveal) {
  http::Response response = json_answer(status, domain::show_webhook(webhook, reveal));
  response.headers.emplace_back("ETag", etag_of(webhook));
  return response;
}

/// Errors: ApiError 412, where the webhook has none of the tags that If-Match lists. Source: RFC 9110
/// section 13.1.1.
void check_version(const Call& call, const domain::Webhook& webhook) {
  if (call.if_match.empty() || call.if_match == "*") return;
  const std::string etag = etag_of(webhook);
  for (std::string_view rest = call.if_match; !rest.empty();) {
    std::string_view tag = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(tag.size() + 1, rest.size()));
    tag.remove_prefix(std::min(tag.find_first_not_of(" \t"), tag.size()));
    if (tag.substr(0, tag.find_last_not_of(" \t") + 1) == etag) return;
  }
  throw ApiError(412, "The webhook is not what If-Match says; read it again",
                 {{"version", webhook.version}});
}

const json::value& body_of(const Call& call) {
  if (!call.body) throw ApiError(400, "Expected a JSON body");
  return *call.body;
}

store::WebhookFilter filter_of(const Call& call, Parameters& given) {
  store::WebhookFilter filter;
  if (!call.body || call.body->is_null()) return filter;
  if (!call.body->is_object()) throw ApiError(400, "Expected a JSON object or no body");
  const json::object& body = call.body->get_object();
  if (const json::value* type = body.if_contains("event_type"); type && !type->is_null()) {
    if (type->is_string()) {
      filter.event_type = std::string{type->get_string()};
    } else {
      given.report("body", "event_type", "expected a string or null", "string_type");
    }
  }
  if (const json::value* active = body.if_contains("is_active"); active && !active->is_null()) {
    if (active->is_bool()) {
      filter.is_active = active->get_bool();
    } else {
      given.report("body", "is_active", "expected true, false or null", "bool_type");
    }
  }
  return filter;
}

json::array shown(const std::vector<domain::Webhook>& webhooks) {
  json::array results;
  for (const domain::Webhook& webhook : webhooks)
    results.push_back(domain::show_webhook(webhook, domain::Reveal::masked));
  return results;
}

json::value text_or_null(const std::optional<std::string>& text) {
  return text ? json::value(*text) : json::value{};
}

}  // namespace

WebhooksApi::WebhooksApi(store::Webhooks& store, WebhookPublisher& publisher,
                         const domain::Catalogue& catalogue, const domain::UrlRules& urls,
                         base::Random& random)
    : store_(store), publisher_(publisher), catalogue_(catalogue), urls_(urls), random_(random) {}

void WebhooksApi::add_to(Routes& routes) {
  const auto add = [&](Method method, std::string_view pattern, Permission permission,
                       auto handler) {
    routes.push_back({method, pattern, permission,
                      [this, handler](Call& call) { return (this->*handler)(call); }});
  };
  constexpr std::string_view kAll = "/v1/organizations/webhooks";
  constexpr std::string_view kOne = "/v1/organizations/webhooks/{identifier}";
  add(Method::post, kAll, Permission::write, &WebhooksApi::create);
  add(Method::get, kAll, Permission::read, &WebhooksApi::list_plain);
  add(Method::post, "/v1/organizations/webhooks/list", Permission::read, &WebhooksApi::list);
  add(Method::get, kOne, Permission::read, &WebhooksApi::show);
  add(Method::put, kOne, Permission::write, &WebhooksApi::replace);
  add(Method::patch, kOne, Permission::write, &WebhooksApi::patch);
  add(Method::delete_, kOne, Permission::delete_, &WebhooksApi::erase);
}

domain::Webhook WebhooksApi::find(std::uint32_t organisation, std::string_view identifier) const {
  if (auto webhook = store_.find(organisation, identifier)) return std::move(*webhook);
  const std::vector<std::string> ids = store_.ids_by_name(organisation, identifier);
  if (ids.size() > 1)
    throw ApiError(409, "Several webhooks have this name; use a webhook_id",
                   {{"webhook_ids", json::value_from(ids)}});
  if (ids.size() == 1) {
    if (auto webhook = store_.find(organisation, ids.front())) return std::move(*webhook);
  }
  throw ApiError(404, "There is no such webhook",
                 {{"resource", "webhook"}, {"id", json::value(std::string{identifier})}});
}

http::Response WebhooksApi::change(
    const std::function<std::optional<http::Response>()>& change) {
  const base::MutexLock lock(changes_);
  for (;;)
    if (auto response = change()) return *std::move(response);
}

void WebhooksApi::republish(std::uint32_t number) {
  const base::MutexLock lock(changes_);
  if (const auto webhook = store_.find_by_number(number)) publisher_.publish(*webhook);
}

http::Response WebhooksApi::create(const Call& call) {
  const domain::WebhookDraft draft = read(body_of(call), nullptr);
  return change([&] {
    domain::Webhook webhook = store_.create(call.organisation(), draft);
    publisher_.publish(webhook);
    for (std::size_t i = 0; i < draft.channels.size(); ++i)
      webhook.draft.channels[i].has_generated_secret = draft.channels[i].has_generated_secret;
    http::Response response = webhook_answer(201, webhook, domain::Reveal::generated_secret);
    response.headers.emplace_back("Location", "/v1/organizations/webhooks/" + webhook.webhook_id);
    return response;
  });
}

store::WebhookPage WebhooksApi::page_of(const Call& call, Parameters& given,
                                        const store::WebhookFilter& filter,
                                        const store::WebhookPageRequest& request) const {
  given.expect_good();
  auto page = store_.list(call.organisation(), filter, request);
  if (auto* found = std::get_if<store::WebhookPage>(&page)) return std::move(*found);
  given.refuse("query", "cursor", "expected the next_cursor of an earlier answer, unchanged");
}

http::Response WebhooksApi::list(const Call& call) const {
  Parameters given(call.query);
  const std::size_t limit = given.limit();
  const store::WebhookPageRequest request{.limit = limit,
                                          .offset = given.number("offset", 0, 0, 1'000'000'000),
                                          .cursor = given.text("cursor"),
                                          .include_total = given.flag("include_total", true)};
  const store::WebhookPage page = page_of(call, given, filter_of(call, given), request);
  const std::uint64_t total = page.total.value_or(0);
  json::object pagination{{"total", total},
                          {"page", page.rows_before / limit + 1},
                          {"page_size", limit},
                          {"total_pages", (total + limit - 1) / limit},
                          {"next_page", text_or_null(page.next_cursor)},
                          {"previous_page", nullptr},
                          {"next_cursor", text_or_null(page.next_cursor)}};
  return json_answer(200, json::object{{"results", shown(page.rows)},
                                       {"pagination", std::move(pagination)},
                                       {"total", total}});
}

http::Response WebhooksApi::list_plain(const Call& call) const {
  Parameters given(call.query);
  const store::WebhookPageRequest request{
      .limit = given.number("limit", kPlainListLimit, 1, kPlainListLimit),
      .offset = given.number("offset", 0, 0, 1'000'000'000)};
  const store::WebhookPage page = page_of(call, given, {}, request);
  return json_answer(200, shown(page.rows));
}

http::Response WebhooksApi::show(const Call& call) const {
  return webhook_answer(200, find(call.organisation(), call.route.parameter("identifier")),
                        domain::Reveal::masked);
}

http::Response WebhooksApi::replace(const Call& call) {
  return change([&] {
    const auto current = find(call.organisation(), call.route.parameter("identifier"));
    return store_draft(call, current, body_of(call));
  });
}

http::Response WebhooksApi::patch(const Call& call) {
  return change([&] {
    const auto current = find(call.organisation(), call.route.parameter("identifier"));
    const json::object shown = domain::show_webhook(current, domain::Reveal::masked);
    return store_draft(call, current, domain::merge_patch(shown, body_of(call)));
  });
}

std::optional<http::Response> WebhooksApi::store_draft(const Call& call,
                                                       const domain::Webhook& current,
                                                       const json::value& body) {
  check_version(call, current);
  const domain::WebhookDraft draft = read(body, &current);
  auto stored = store_.replace(call.organisation(), current.webhook_id, draft, current.version);
  const auto* webhook = std::get_if<domain::Webhook>(&stored);
  if (webhook == nullptr) return std::nullopt;
  publisher_.publish(*webhook);
  return webhook_answer(200, *webhook, domain::Reveal::masked);
}

http::Response WebhooksApi::erase(const Call& call) {
  return change([&] {
    const std::string_view identifier = call.route.parameter("identifier");
    http::Response response;
    response.status = 204;
    if (store_.was_erased(call.organisation(), identifier)) return response;
    const domain::Webhook webhook = find(call.organisation(), identifier);
    check_version(call, webhook);
    store_.erase(call.organisation(), webhook.webhook_id);
    publisher_.withdraw(webhook.number);
    return response;
  });
}

domain::WebhookDraft WebhooksApi::read(const json::value& body,
                                       const domain::Webhook* previous) const {
  auto result = domain::read_webhook(body, {.catalogue = catalogue_,
                                            .random = random_,
                                            .previous = previous,
                                            .urls = urls_});
  if (auto* draft = std::get_if<domain::WebhookDraft>(&result)) return std::move(*draft);
  const auto& errors = std::get<std::vector<domain::ValidationError>>(result);
  throw ApiError(422,
                 errors.size() == 1 ? "One field is not valid"
                                    : std::to_string(errors.size()) + " fields are not valid",
                 {{"validation_errors", domain::to_json(errors)}});
}

}  // namespace sluice::api
