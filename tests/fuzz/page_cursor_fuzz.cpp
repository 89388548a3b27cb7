// Any bytes as a cursor: none is believed that was not made for this list. The bytes also choose a
// position, a list, and one change of the cursor that was made of them.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "config_store/page_cursor.hpp"
#include "fuzz/require.hpp"

namespace {

namespace store = sluice::store;
using sluice::testkit::require;

void check_change(const sluice::base::Vault& vault, std::string cursor, std::string_view list,
                  std::size_t place, std::uint8_t change) {
  char& changed = cursor[place % cursor.size()];
  const char before = changed;
  changed = static_cast<char>(static_cast<std::uint8_t>(before) ^ change);
  if (changed == before) return;
  const auto read = store::from_cursor(vault, cursor, list);
  require(!read, "a changed cursor is none");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const sluice::base::Vault kVault{sluice::base::Vault::Key{}};
  static const sluice::base::Vault kOther{sluice::base::Vault::Key{std::byte{1}}};
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  require(!store::from_cursor(kVault, text, "list"), "what was not made is no cursor");

  store::Position position;
  constexpr std::size_t kChoices = sizeof(position) + 2;
  if (size < kChoices) return 0;
  std::memcpy(&position, data, sizeof(position));
  const std::string list{text.substr(kChoices)};
  const std::string cursor = store::to_cursor(kVault, position, list);
  require(
      cursor.find_first_not_of(
          "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == std::string::npos,
      "a cursor is a part of a URL as it is");
  const auto read = store::from_cursor(kVault, cursor, list);
  require(read && read->time == position.time && read->number == position.number,
          "a cursor says where the page ended");
  require(!store::from_cursor(kVault, cursor, list + "x"), "another list's cursor is none");
  require(!store::from_cursor(kOther, cursor, list), "another service's cursor is none");
  check_change(kVault, cursor, list, data[sizeof(position)], data[sizeof(position) + 1]);
  return 0;
}
