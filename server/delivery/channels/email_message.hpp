// What an email channel says of an event: subject and bodies, filled and safe to put into a message.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

namespace sluice::delivery {

struct EmailMessage {
  std::string subject;       // one line of UTF-8, not yet encoded
  std::string content_type;  // of the body: text/plain, text/html or application/json
  std::string body;          // UTF-8
  std::string plain_body;    // the alternative to HTML; empty: none
};

/// `event` is a delivered event, `configs` an email channel's. `problem` is set when a template
/// passes its limits.
EmailMessage email_message(const boost::json::object& event, const boost::json::object& configs,
                           std::string& problem);

/// The value of a header: controls become blanks, and what is not ASCII becomes encoded words of at
/// most 75 characters. Source: RFC 2047; RFC 5322 section 2.2.
std::string header_value(std::string_view text);

}  // namespace sluice::delivery
