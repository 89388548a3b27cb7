// CloudEvents 1.0: which attributes an event must have, and how the binary mode of HTTP (attributes in
// header fields, data in the body) becomes the same JSON as the structured one.
// Source: CloudEvents 1.0.2, "CloudEvents - Version 1.0.2" and "HTTP Protocol Binding", section 3.1.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "ingest/event_intake.hpp"
#include "ingest/fault.hpp"
#include "sluice/event.hpp"

namespace sluice::ingest {

/// What the event's attributes lack; null: nothing.
const Fault* missing_attribute(const EventOrigin& origin) noexcept;

/// Whether any field is a CloudEvents attribute.
bool has_cloud_event_fields(std::span<const HeaderField> fields) noexcept;

/// One event of the binary mode, up to its data.
class BinaryCloudEvent {
 public:
  /// Errors: std::bad_alloc.
  BinaryCloudEvent(std::span<const HeaderField> fields, std::string_view content_type);

  /// Why there is no event, whatever its data; none: nothing is known yet. Its message names the
  /// header field. Lifetime: within that of this object, and until that is moved.
  std::optional<Fault> fault() const noexcept {
    return message_.empty() ? std::nullopt : std::optional<Fault>{{fault_type_, message_}};
  }

  /// The event on one line. JSON stays JSON, text becomes a string, anything else base64. `data` is
  /// used up. None: it is not what content_type says. Errors: std::bad_alloc.
  std::optional<std::string> with_data(std::string data) const;

 private:
  enum class DataKind : unsigned char { json, text, bytes };

  void add_attribute(std::string_view name, std::string_view value);
  void refuse(std::string_view name, const Fault& fault);

  std::string head_;
  DataKind kind_ = DataKind::bytes;
  std::string_view fault_type_;  // static
  std::string message_;          // empty: there is no fault
};

}  // namespace sluice::ingest
