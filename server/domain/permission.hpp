// What an API key may do. read < write < delete < admin: each includes the weaker ones. ingest
// stands beside that ladder: write and above include it; it includes nothing, and read is not
// enough to send events.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::domain {

enum class Permission : std::uint8_t { ingest, read, write, delete_, admin };

/// The permission as the API spells it ("delete" for delete_). Static storage.
std::string_view to_text(Permission permission) noexcept;

std::optional<Permission> permission_from(std::string_view text) noexcept;

/// The permissions that a key was given. Regular value.
class PermissionSet {
 public:
  constexpr PermissionSet() noexcept = default;
  PermissionSet(std::initializer_list<Permission> granted) noexcept;

  /// From names separated by commas, such as "ingest,read". Nothing if one is unknown or none given.
  static std::optional<PermissionSet> parse(std::string_view names);

  void grant(Permission permission) noexcept;
  bool allows(Permission wanted) const noexcept;

  std::vector<Permission> granted() const;  ///< as given, weakest first

  friend bool operator==(const PermissionSet&, const PermissionSet&) = default;

 private:
  std::uint8_t bits_ = 0;
};

/// Names separated by commas; what parse() takes.
std::string to_text(const PermissionSet& permissions);

}  // namespace sluice::domain
