#include "backup/manifest.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "journal/journal_keys.hpp"
#include "journal/segment_header.hpp"

namespace sluice::backup {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 5> kNames{"config.db", "deliveries.db", "progress.log",
                                                 "master.key", "delivery_ids.key"};

ManifestFile read_file(const json::object& object) {
  return {std::string(object.at("name").as_string()), object.at("bytes").to_number<std::uint64_t>(),
          std::string(object.at("sha256").as_string())};
}

Manifest read_manifest(const json::object& object) {
  Manifest manifest;
  manifest.program = object.at("program").as_string();
  if (const auto begun_at = base::parse_iso8601(object.at("begun_at").as_string()))
    manifest.begun_at = *begun_at;
  manifest.events.first = object.at("first_event").to_number<journal::Sequence>();
  manifest.events.through = object.at("last_event").to_number<journal::Sequence>();
  for (const json::value& file : object.at("files").as_array())
    manifest.files.push_back(read_file(file.as_object()));
  return manifest;
}

}  // namespace

std::string to_json(const Manifest& manifest) {
  json::array files;
  for (const ManifestFile& file : manifest.files)
    files.push_back({{"name", file.name}, {"bytes", file.bytes}, {"sha256", file.sha256}});
  return json::serialize(json::object{{"format", Manifest::kFormat},
                                      {"program", manifest.program},
                                      {"begun_at", base::to_iso8601(manifest.begun_at)},
                                      {"first_event", manifest.events.first},
                                      {"last_event", manifest.events.through},
                                      {"files", std::move(files)}});
}

std::optional<Manifest> parse_manifest(std::string_view text) {
  try {
    const json::value value = json::parse(text);
    const json::object& object = value.as_object();
    if (object.at("format").to_number<std::int64_t>() != Manifest::kFormat) return std::nullopt;
    return read_manifest(object);
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception&) {
    return std::nullopt;  // the library says by exceptions what is missing or of another kind
  }
}

bool is_backup_name(std::string_view name) {
  if (name == kManifestName || std::ranges::find(kNames, name) != kNames.end()) return true;
  if (!name.starts_with(kJournalPrefix)) return false;
  name.remove_prefix(kJournalPrefix.size());
  return name == journal::kKeysFileName || journal::parse_file_name(name).has_value();
}

}  // namespace sluice::backup
