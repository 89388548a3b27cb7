#include "json/line_assembly.hpp"

#if defined(__x86_64__)

#include <simdjson.h>

#include <cstring>
#include <string_view>

#include "json/short_texts.hpp"
#include "json/tokens.hpp"

namespace sluice::json {

void LineAssembly::note_key(const char* close) noexcept {
  const auto before = static_cast<std::size_t>(close - line_begin_);
  const auto is_key = [close, before](std::string_view quoted) {
    return before >= quoted.size() &&
           std::memcmp(close - quoted.size(), quoted.data(), quoted.size()) == 0;
  };
  const char** value = nullptr;
  if (is_key("\"event_type")) {
    value = &fields_.event_type;
  } else if (is_key("\"organization")) {
    value = &fields_.organization;
  } else if (is_key("\"type")) {
    value = &fields_.type;
  }
  if (value == nullptr || *value != nullptr) return;
  *value = skip_blanks(skip_blanks(close + 1, end_) + 1, end_);
  needs_keys_ = fields_.event_type == nullptr || fields_.organization == nullptr;
}

SLUICE_AVX2_INLINE bool LineAssembly::add_event() {
  const std::string_view json{json_begin_, static_cast<std::size_t>(json_end_ - json_begin_)};
  if (json.size() > event_bytes_) return false;
  if (has_non_ascii_ && !simdjson::validate_utf8(json)) return false;
  Event& event = events_.emplace_back();
  event.json = json;
  event.line = line_;
  const char* const name = fields_.event_type != nullptr ? fields_.event_type : fields_.type;
  const char* const organization = fields_.organization;
  const std::size_t name_bytes = name != nullptr && *name == '"' ? short_name(name + 1) : 0;
  int organization_bytes = 0;
  if (organization != nullptr)
    organization_bytes = *organization == '"' ? short_text(organization + 1) : -1;
  if (name_bytes != 0 && organization_bytes >= 0) {
    event.name = {name + 1, name_bytes};
    if (organization != nullptr)
      event.organization = {organization + 1, static_cast<std::size_t>(organization_bytes)};
  } else if (reader_.read(fields_, line_begin_, event).code != ErrorCode::none) {
    events_.pop_back();
    return false;
  }
  return true;
}

SLUICE_AVX2_INLINE bool LineAssembly::finish_line(const char* newline, ScalarQueue& scalars) {
  if (depth_ != 0 || !scalars.check(end_) || !add_event()) return false;
  fields_ = {};
  needs_keys_ = true;
  ++line_;
  line_begin_ = newline + 1;
  return true;
}

SLUICE_AVX2_INLINE bool LineAssembly::walk_bracket(const MarkedBlock& block, unsigned i) noexcept {
  const std::uint64_t is_square = block.squares >> i & 1U;
  if ((block.is.left >> i & 1U) != 0) {
    if (depth_ == 0) json_begin_ = block.at + i;
    if (depth_ == depth_limit_ || (depth_ == 0 && is_square != 0)) return false;
    ++depth_;
    arrays_ = arrays_ << 1U | is_square;
    return true;
  }
  if (depth_ == 0 || (arrays_ & 1U) != is_square) return false;
  --depth_;
  arrays_ >>= 1U;
  json_end_ = block.at + i + 1;
  return true;
}

SLUICE_AVX2 bool LineAssembly::walk(const MarkedBlock& block, ScalarQueue& scalars) {
  const Structure& is = block.is;
  const std::uint64_t outside_faults = is.faults | is.commas | is.scalars | is.strings;
  std::uint64_t marks = is.left | is.right | is.newlines;
  std::uint64_t ahead = ~std::uint64_t{0};
  for (;;) {
    // From behind the mark before to the next one, which counts as inside; or to the block's end.
    const std::uint64_t through = _blsmsk_u64(marks);
    const std::uint64_t stretch = ahead & through;
    const std::uint64_t faults = depth_ == 0           ? outside_faults
                                 : (arrays_ & 1U) != 0 ? is.faults | is.array_faults
                                                       : is.faults | is.object_faults;
    if ((stretch & faults) != 0) return false;
    if (depth_ == 1) {
      for (std::uint64_t keys = block.keys & stretch; keys != 0; keys = _blsr_u64(keys))
        note_key(block.at + _tzcnt_u64(keys));
    }
    if (marks == 0) return true;
    const auto i = static_cast<unsigned>(_tzcnt_u64(marks));
    marks = _blsr_u64(marks);
    ahead = ~through;
    if (block.at[i] != '\n') {
      if (!walk_bracket(block, i)) return false;
    } else {
      if (!finish_line(block.at + i, scalars)) return false;
      has_non_ascii_ = (block.non_ascii & ahead) != 0;
      if (is_done()) return true;
    }
  }
}

}  // namespace sluice::json

#endif
