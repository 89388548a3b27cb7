// JSON bodies become lines, in place, while they arrive: what separates the elements of an array turns
// into newlines, and raw newlines elsewhere into something that is none. So one decoder, which wants
// a line for each event, reads every form of body, and a bad element rejects itself alone.
//
//   [ {"a":1},      -->     {"a":1}\n
//     {"b":        -->       {"b":
//       2} ]        -->       2} \n
//
// Of the grammar only strings and the depth of brackets are looked at; each element is judged by the
// decoder, and what is wrong between elements is reported here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ingest/fault.hpp"
#include "ingest/json_block.hpp"

namespace sluice::ingest {

/// Something that is wrong with an array, and with none of its elements' own text.
struct ArrayFault {
  std::uint64_t element = 0;  // 0-based: the first that is missing, or the one that would come next
  std::uint64_t count = 1;    // of elements that are missing one after the other on one line
  const Fault* fault = nullptr;
};

/// Thread safety: one thread at a time.
class JsonLines {
 public:
  enum class Accepts : std::uint8_t { any, object, array };

  explicit JsonLines(Accepts accepts) noexcept : accepts_(accepts) {}

  /// Rewrites the next `size` bytes of the body at `text`, and says how many of them are left: behind
  /// the end of an array nothing is. 64 bytes behind `text + size` must be readable.
  /// Complexity: O(size). Errors: std::bad_alloc.
  std::size_t rewrite(char* text, std::size_t size);

  /// The body is complete.
  void finish();

  /// Whether the body is an array, so that element i is line i + 1 of what was rewritten. Else all of
  /// the body is one line.
  bool is_array() const noexcept { return phase_ == Phase::array || phase_ == Phase::end; }

  /// The line of the body where an element begins. It must not be before forget()'s.
  std::uint64_t line_of(std::uint64_t element) const noexcept;
  /// Elements before `element` will not be asked for.
  void forget_before(std::uint64_t element);

  /// What was found so far, by element. The caller may empty it.
  std::vector<ArrayFault>& faults() noexcept { return faults_; }

 private:
  enum class Phase : std::uint8_t { start, value, array, end };

  struct ElementLine {
    std::uint64_t element;
    std::uint64_t line;
  };

  std::size_t skip_start(char* text, std::size_t size);
  bool skip_mark(char& byte) noexcept;
  std::size_t begin(char& byte, std::size_t at);
  void rewrite_value(char* text, std::size_t size) noexcept;
  std::size_t rewrite_array(char* text, std::size_t size);
  unsigned walk(char* text, const JsonBlock& block, std::uint64_t marks, unsigned size);
  void check_end(const char* text, std::size_t size);
  void replace_newlines(char* text, std::uint64_t newlines, std::uint64_t inside) noexcept;
  void begin_element(const JsonBlock& block, std::uint64_t content);
  void end_element(bool is_last, std::uint64_t line);
  void add_missing(std::uint64_t line);
  void note_line(std::uint64_t line);

  const Accepts accepts_;
  Phase phase_ = Phase::start;
  StringTracker strings_;
  std::uint64_t depth_ = 0;    // of brackets inside the array
  std::uint64_t element_ = 0;  // that is being read
  bool has_begun_ = false;     // it has a byte that is no whitespace
  bool has_trailing_fault_ = false;
  unsigned mark_bytes_ = 0;                 // of a byte order mark that have been skipped
  std::uint64_t line_ = 1;                  // where the next block begins
  std::vector<ElementLine> lines_{{0, 1}};  // where they are not the line of the element before
  std::vector<ArrayFault> faults_;
};

}  // namespace sluice::ingest
