#include "api/keys_api.hpp"

#include <boost/json.hpp>
#include <charconv>

#include "api/answer.hpp"
#include "api/api_error.hpp"
#include "domain/validation_error.hpp"

namespace sluice::api {
namespace {

namespace json = boost::json;
using domain::Permission;
using http::Method;

constexpr std::size_t kMaxNameBytes = 200;
constexpr std::string_view kIdPrefix = "key_";

/// What a caller asks a new key to be.
struct KeyDraft {
  std::string name;
  domain::PermissionSet permissions;
  std::optional<base::Time> expires_at;
};

class KeyReader {
 public:
  explicit KeyReader(const json::object& body) : body_(body) {}

  KeyDraft read(base::Time now) {
    KeyDraft draft;
    if (const json::value* name = given("name")) {
      if (name->is_string() && name->get_string().size() <= kMaxNameBytes) {
        draft.name = name->get_string();
      } else {
        refuse("name", "string_type", "expected a string of at most 200 bytes");
      }
    }
    read_permissions(draft.permissions);
    if (const json::value* expires = given("expires_at")) {
      draft.expires_at =
          expires->is_string() ? base::parse_iso8601(expires->get_string()) : std::nullopt;
      if (!draft.expires_at || *draft.expires_at <= now)
        refuse("expires_at", "datetime_type",
               "expected a time in the future such as 2030-01-31T12:00:00Z");
    }
    if (!errors_.empty())
      throw ApiError(422, "The key is not valid",
                     {{"validation_errors", domain::to_json(errors_)}});
    return draft;
  }

 private:
  const json::value* given(std::string_view field) const {
    const json::value* value = body_.if_contains(field);
    return value != nullptr && !value->is_null() ? value : nullptr;
  }

  void read_permissions(domain::PermissionSet& permissions) {
    constexpr std::string_view kExpected = "expected some of ingest, read, write, delete, admin";
    const json::value* names = given("permissions");
    if (names == nullptr || !names->is_array() || names->get_array().empty()) {
      refuse("permissions", names == nullptr ? "missing" : "list_type",
             std::string{kExpected} + " in an array");
      return;
    }
    for (const json::value& name : names->get_array()) {
      const auto permission =
          name.is_string() ? domain::permission_from(name.get_string()) : std::nullopt;
      if (permission) {
        permissions.grant(*permission);
      } else {
        refuse("permissions", "enum", kExpected);
      }
    }
  }

  void refuse(std::string_view field, std::string_view type, std::string_view message) {
    errors_.push_back(
        {std::string{type}, {std::string{"body"}, std::string{field}}, std::string{message}});
  }

  const json::object& body_;
  std::vector<domain::ValidationError> errors_;
};

json::value time_or_null(const std::optional<base::Time>& time) {
  return time ? json::value(base::to_iso8601(*time)) : json::value{};
}

json::object show_key(const domain::ApiKey& key) {
  json::array permissions;
  for (const Permission permission : key.permissions.granted())
    permissions.push_back(json::value(domain::to_text(permission)));
  return {{"key_id", std::string{kIdPrefix} + std::to_string(key.number)},
          {"name", key.name},
          {"prefix", key.prefix},
          {"permissions", std::move(permissions)},
          {"created_at", base::to_iso8601(key.created_at)},
          {"expires_at", time_or_null(key.expires_at)},
          {"revoked_at", time_or_null(key.revoked_at)}};
}

std::uint32_t key_number(std::string_view id) {
  std::uint32_t number = 0;
  const std::string_view digits = id.substr(std::min(kIdPrefix.size(), id.size()));
  const char* const end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, number);
  if (!id.starts_with(kIdPrefix) || error != std::errc{} || rest != end)
    throw ApiError(404, "There is no such key");
  return number;
}

}  // namespace

void KeysApi::add_to(Routes& routes) {
  constexpr std::string_view kAll = "/v1/organizations/api-keys";
  routes.push_back({Method::post, kAll, Permission::admin, [this](Call& c) { return create(c); }});
  routes.push_back({Method::get, kAll, Permission::admin, [this](Call& c) { return list(c); }});
  routes.push_back({Method::delete_, "/v1/organizations/api-keys/{key_id}", Permission::admin,
                    [this](Call& c) { return revoke(c); }});
}

http::Response KeysApi::create(const Call& call) {
  if (!call.body || !call.body->is_object()) throw ApiError(400, "Expected a JSON object");
  const KeyDraft draft = KeyReader(call.body->get_object()).read(call.now);
  const store::CreatedKey created =
      store_.create(call.organisation(), draft.name, draft.permissions, draft.expires_at);
  authenticator_.refresh();
  json::object shown = show_key(created.key);
  shown["key"] = created.text;
  return json_answer(201, shown);
}

http::Response KeysApi::list(const Call& call) const {
  json::array keys;
  for (const domain::ApiKey& key : store_.list(call.organisation()))
    keys.push_back(show_key(key));
  return json_answer(200, json::object{{"results", std::move(keys)}});
}

http::Response KeysApi::revoke(const Call& call) {
  const std::uint32_t number = key_number(call.route.parameter("key_id"));
  if (!std::holds_alternative<domain::ApiKey>(store_.revoke(call.organisation(), number)))
    throw ApiError(404, "There is no such key");
  authenticator_.refresh();
  http::Response response;
  response.status = 204;
  return response;
}

}  // namespace sluice::api
