#include "domain/permission.hpp"

#include <array>

namespace sluice::domain {
namespace {

constexpr std::array<std::string_view, 5> kNames{"ingest", "read", "write", "delete", "admin"};

constexpr unsigned bit(Permission permission) { return 1U << static_cast<unsigned>(permission); }

/// The grants that are enough for `wanted`.
constexpr unsigned sufficient(Permission wanted) {
  constexpr unsigned kToDelete = bit(Permission::delete_) | bit(Permission::admin);
  constexpr unsigned kToWrite = bit(Permission::write) | kToDelete;
  switch (wanted) {
    case Permission::ingest: return bit(Permission::ingest) | kToWrite;
    case Permission::read: return bit(Permission::read) | kToWrite;
    case Permission::write: return kToWrite;
    case Permission::delete_: return kToDelete;
    case Permission::admin: break;
  }
  return bit(Permission::admin);
}

}  // namespace

std::string_view to_text(Permission permission) noexcept {
  return kNames[static_cast<std::size_t>(permission)];
}

std::optional<Permission> permission_from(std::string_view text) noexcept {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == text) return static_cast<Permission>(i);
  }
  return std::nullopt;
}

PermissionSet::PermissionSet(std::initializer_list<Permission> granted) noexcept {
  for (const Permission permission : granted) grant(permission);
}

std::optional<PermissionSet> PermissionSet::parse(std::string_view names) {
  PermissionSet permissions;
  while (true) {
    const std::size_t comma = names.find(',');
    const std::optional<Permission> permission = permission_from(names.substr(0, comma));
    if (!permission) return std::nullopt;
    permissions.grant(*permission);
    if (comma == std::string_view::npos) return permissions;
    names.remove_prefix(comma + 1);
  }
}

void PermissionSet::grant(Permission permission) noexcept {
  bits_ = static_cast<std::uint8_t>(bits_ | bit(permission));
}

bool PermissionSet::allows(Permission wanted) const noexcept {
  return (bits_ & sufficient(wanted)) != 0;
}

std::vector<Permission> PermissionSet::granted() const {
  std::vector<Permission> permissions;
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    const auto permission = static_cast<Permission>(i);
    if ((bits_ & bit(permission)) != 0) permissions.push_back(permission);
  }
  return permissions;
}

std::string to_text(const PermissionSet& permissions) {
  std::string text;
  for (const Permission permission : permissions.granted()) {
    if (!text.empty()) text += ',';
    text += to_text(permission);
  }
  return text;
}

}  // namespace sluice::domain
