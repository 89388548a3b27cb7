// E-mail addresses and phone numbers, as strict as delivery needs: what passes here can be put into
// an SMTP command or a provider's request as it is.
#pragma once

#include <string_view>

namespace sluice::domain {

/// Whether `text` is `local@domain` in ASCII: a dot-atom of at most 64 bytes, and a host name with a
/// dot in it, or localhost. Quoted local parts and address literals are not taken.
/// Source: RFC 5321 section 4.1.2.
bool is_email_address(std::string_view text) noexcept;

/// Whether `text` is `+` and 7 to 15 digits, the first one no 0. Source: ITU-T E.164.
bool is_phone_number(std::string_view text) noexcept;

}  // namespace sluice::domain
