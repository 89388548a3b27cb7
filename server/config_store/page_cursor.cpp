#include "config_store/page_cursor.hpp"

#include <algorithm>
#include <cstring>

namespace sluice::store {
namespace {

constexpr std::string_view kVersion = "v1:";

// base64 as URLs like it; 16 bytes of position need no padding once sealed (12 + 16 + 16 = 44 bytes
// end in one '=', which is put back).
void replace_all(std::string& text, char from, char to) {
  std::replace(text.begin(), text.end(), from, to);
}

}  // namespace

std::string to_cursor(const base::Vault& vault, const Position& position, std::string_view list) {
  std::string bytes(sizeof(Position), '\0');
  std::memcpy(bytes.data(), &position, sizeof(Position));
  std::string cursor = vault.seal(bytes, list).substr(kVersion.size());
  replace_all(cursor, '+', '-');
  replace_all(cursor, '/', '_');
  while (cursor.ends_with('=')) cursor.pop_back();
  return cursor;
}

std::optional<Position> from_cursor(const base::Vault& vault, std::string_view cursor,
                                    std::string_view list) {
  constexpr std::size_t kLength = 59;
  if (cursor.size() != kLength || cursor.find_first_of("+/") != cursor.npos) return std::nullopt;
  std::string sealed = std::string(kVersion).append(cursor).append("=");
  replace_all(sealed, '-', '+');
  replace_all(sealed, '_', '/');
  const std::optional<std::string> bytes = vault.open(sealed, list);
  if (!bytes || bytes->size() != sizeof(Position)) return std::nullopt;
  Position position;
  std::memcpy(&position, bytes->data(), sizeof(Position));
  return position;
}

}  // namespace sluice::store
