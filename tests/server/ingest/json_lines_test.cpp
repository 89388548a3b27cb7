// JsonLines against a reading of the same rules that goes byte by byte, on arrays that are damaged at
// random and cut anywhere.
#include "ingest/json_lines.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "sluice/event.hpp"
#include "support/random.hpp"

namespace sluice::ingest {
namespace {

using testkit::Random;

struct FoundFault {
  std::uint64_t element;
  std::uint64_t line;
  std::string_view type;

  friend bool operator==(const FoundFault&, const FoundFault&) = default;
};

void PrintTo(const FoundFault& fault, std::ostream* out) {
  *out << fault.type << " at " << fault.element << " line " << fault.line;
}

/// What a rewriting made of a body.
struct Rewritten {
  std::string text;
  bool is_array = false;
  std::vector<FoundFault> faults;
  std::vector<std::uint64_t> lines;  // of each element

  friend bool operator==(const Rewritten&, const Rewritten&) = default;
};

void PrintTo(const Rewritten& rewritten, std::ostream* out) {
  *out << (rewritten.is_array ? "array " : "value ") << testing::PrintToString(rewritten.text)
       << testing::PrintToString(rewritten.faults) << testing::PrintToString(rewritten.lines);
}

/// Elements that have ended; an empty array has none.
std::size_t elements_of(std::string_view text) {
  if (text.find_first_not_of(" \r\t\n") == text.npos && text.find('\n') + 1 == text.size())
    return 0;
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

/// Each piece in memory of its own, so that AddressSanitizer sees what is read beyond the padding.
Rewritten rewrite(std::string_view body, std::vector<std::size_t> cuts,
                  JsonLines::Accepts accepts = JsonLines::Accepts::any) {
  JsonLines lines{accepts};
  Rewritten result;
  cuts.push_back(body.size());
  std::sort(cuts.begin(), cuts.end());
  std::size_t from = 0;
  for (const std::size_t to : cuts) {
    const std::string_view piece = body.substr(from, to - from);
    const std::unique_ptr<char[]> bytes(new char[piece.size() + EventDecoder::kPadding]);
    std::memcpy(bytes.get(), piece.data(), piece.size());
    std::memset(bytes.get() + piece.size(), '\n', EventDecoder::kPadding);
    result.text.append(bytes.get(), lines.rewrite(bytes.get(), piece.size()));
    from = to;
  }
  lines.finish();
  result.is_array = lines.is_array();
  for (const ArrayFault& fault : lines.faults()) {
    for (std::uint64_t i = 0; i != fault.count; ++i)
      result.faults.push_back({fault.element + i, lines.line_of(fault.element), fault.fault->type});
  }
  for (std::size_t i = 0; result.is_array && i != elements_of(result.text); ++i)
    result.lines.push_back(lines.line_of(i));
  return result;
}

Rewritten rewrite(std::string_view body) { return rewrite(body, {}); }

/// The same rules, byte by byte.
class Naive {
 public:
  Rewritten rewrite(std::string_view body) {
    std::size_t at = body.starts_with("\xEF\xBB\xBF") ? 3 : 0;
    result_.text.assign(at, ' ');
    for (; at != body.size() && is_blank(body[at]); ++at) skip(body[at]);
    result_.is_array = at != body.size() && body[at] == '[';
    if (result_.is_array) {
      result_.text += ' ';
      ++at;
    }
    for (; at != body.size(); ++at) take(body[at]);
    if (!result_.is_array) {
      result_.lines.clear();
      result_.faults.clear();
    } else if (!has_ended_ && depth_ == 0 && !is_in_string_) {
      add_fault(element_ + (has_begun_ ? 1 : 0), begun_line_, "unterminated_array");
    }
    while (result_.lines.size() > elements_of(result_.text)) result_.lines.pop_back();
    return result_;
  }

 private:
  static bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

  void skip(char c) {
    result_.text += c == '\n' ? ' ' : c;
    line_ += c == '\n' ? 1 : 0;
  }

  void take(char c) {
    if (has_ended_) return take_behind(c);
    if (result_.is_array && !has_begun_ && !is_blank(c) &&
        (is_escaped_ || (c != ',' && c != ']'))) {
      has_begun_ = true;
      begun_line_ = line_;
      result_.lines.push_back(line_);
    }
    const bool was_escaped = is_escaped_;
    is_escaped_ = c == '\\' && !was_escaped;
    if (c == '\n') {
      result_.text += is_in_string_ || was_escaped ? '\x01' : ' ';
      ++line_;
    } else if (was_escaped) {
      result_.text += c;
    } else if (c == '"') {
      is_in_string_ = !is_in_string_;
      result_.text += c;
    } else if (!result_.is_array || is_in_string_ || (depth_ == 0 && c == '}')) {
      result_.text += c;
    } else {
      take_mark(c);
    }
  }

  void take_mark(char c) {
    if (depth_ == 0 && (c == ',' || c == ']')) {
      const bool is_empty_array = c == ']' && element_ == 0 && !has_begun_;
      if (!has_begun_ && !is_empty_array) {
        begun_line_ = line_;
        result_.lines.push_back(line_);
        add_fault(element_, line_, "missing_element");
      }
      ++element_;
      has_begun_ = false;
      has_ended_ = c == ']';
      if (is_empty_array) element_ = 0;
      result_.text += '\n';
      return;
    }
    if (c == '{' || c == '[') ++depth_;
    if (c == '}' || c == ']') --depth_;
    result_.text += c;
  }

  void take_behind(char c) {
    if (!is_blank(c) && !has_trailing_) {
      has_trailing_ = true;
      add_fault(element_, line_, "trailing_content");
    }
    line_ += c == '\n' ? 1 : 0;
  }

  void add_fault(std::uint64_t element, std::uint64_t line, std::string_view type) {
    result_.faults.push_back({element, line, type});
  }

  Rewritten result_;
  std::uint64_t line_ = 1;
  std::uint64_t begun_line_ = 1;
  std::uint64_t element_ = 0;
  std::uint64_t depth_ = 0;
  bool is_in_string_ = false;
  bool is_escaped_ = false;
  bool has_begun_ = false;
  bool has_ended_ = false;
  bool has_trailing_ = false;
};

TEST(JsonLines, MakesALineOfEachElement) {
  const Rewritten rewritten = rewrite("[{\"a\":[1,2]},\n {\"b\":{}} , 7 ]");
  EXPECT_EQ(rewritten.text, " {\"a\":[1,2]}\n  {\"b\":{}} \n 7 \n");
  EXPECT_TRUE(rewritten.is_array);
  EXPECT_EQ(rewritten.lines, (std::vector<std::uint64_t>{1, 2, 2}));
  EXPECT_TRUE(rewritten.faults.empty());
}

TEST(JsonLines, MakesOneLineOfAValue) {
  const Rewritten rewritten = rewrite("\n{\n\"a\":\r\n[1,\n2]}\n");
  EXPECT_EQ(rewritten.text, " { \"a\":\r [1, 2]} ");
  EXPECT_FALSE(rewritten.is_array);
}

TEST(JsonLines, LeavesNoRawNewlineInAString) {
  EXPECT_EQ(rewrite("[\"a\n\"]").text, " \"a\x01\"\n");
  EXPECT_EQ(rewrite("{\"a\n\"}").text, "{\"a\x01\"}");
}

TEST(JsonLines, IsNotMisledByWhatStringsHold) {
  EXPECT_EQ(rewrite(R"(["a,]\"]\\","[{"])").text, " \"a,]\\\"]\\\\\"\n\"[{\"\n");
}

TEST(JsonLines, KeepsAnArrayAValueWhereOnlyAnObjectIsAccepted) {
  EXPECT_EQ(rewrite("[1,\n2]", {}, JsonLines::Accepts::object).text, "[1, 2]");
}

TEST(JsonLines, RefusesAValueWhereOnlyAnArrayIsAccepted) {
  const Rewritten rewritten = rewrite(" {\"a\":1}", {}, JsonLines::Accepts::array);
  EXPECT_EQ(rewritten.text, " ");
  EXPECT_EQ(rewritten.faults, (std::vector<FoundFault>{{0, 1, "not_an_array"}}));
}

TEST(JsonLines, CountsMissingElementsWithoutAnEntryForEach) {
  JsonLines lines{JsonLines::Accepts::any};
  std::string body = "[" + std::string(10'000, ',') + "]";
  const std::size_t bytes = body.size();
  body.resize(bytes + EventDecoder::kPadding);
  EXPECT_EQ(lines.rewrite(body.data(), bytes), bytes);
  ASSERT_EQ(lines.faults().size(), 1U);
  EXPECT_EQ(lines.faults()[0].count, 10'001U);
}

TEST(JsonLines, ForgetsTheLinesOfElementsThatAreDone) {
  JsonLines lines{JsonLines::Accepts::any};
  std::string body = "[\n1,\n2,\n3,\n4]";
  const std::size_t bytes = body.size();
  body.resize(bytes + EventDecoder::kPadding);
  lines.rewrite(body.data(), bytes);
  lines.forget_before(2);
  EXPECT_EQ(lines.line_of(2), 4U);
  EXPECT_EQ(lines.line_of(3), 5U);
}

constexpr std::string_view kParts[] = {"{",  "}",    "[",    "]",    ",",     "\"", "\\", "\n",
                                       " ",  "\r",   "\t",   "1",    "{}",    ",",  ":",  "\"a\":1",
                                       "[]", "null", "\\\"", "\\\\", "\"x\"", ",,", "x"};

std::string array(Random& random) {
  std::string body = random.is_one_in(20) ? "\xEF\xBB\xBF" : "";
  const std::size_t mark = body.size();
  body += random.is_one_in(10) ? "" : "[";
  for (std::size_t i = random.below(12); i != 0; --i) {
    body += std::string(random.is_one_in(8) ? random.below(130) : random.below(3),
                        random.is_one_in(2) ? ' ' : '\n');
    body += "{\"k\":\"" + std::string(random.is_one_in(4) ? random.below(200) : 3, 'v') + "\"";
    for (std::size_t n = random.below(4); n != 0; --n) body += ",\"o\":{\"a\":[1,{}]}";
    body += "}";
    if (i != 1) body += ",";
  }
  body += random.is_one_in(10) ? "" : "]";
  for (std::size_t n = random.is_one_in(2) ? random.below(6) : 0; n != 0; --n)
    body.insert(random.between(mark, body.size()),
                random.pick(std::span<const std::string_view>{kParts}));
  return body;
}

TEST(JsonLines, DoesWhatAReadingByteByByteDoesWhereverItIsCut) {
  const std::uint64_t seed = testkit::test_seed();
  SCOPED_TRACE(testkit::seed_note(seed));
  Random random{seed};
  std::size_t elements = 0;
  std::size_t faults = 0;
  for (int i = 0; i != 4'000; ++i) {
    const std::string body = array(random);
    const Rewritten expected = Naive{}.rewrite(body);
    ASSERT_EQ(rewrite(body), expected) << body;
    std::vector<std::size_t> cuts;
    for (std::size_t n = random.below(6); n != 0; --n)
      cuts.push_back(random.below(body.size() + 1));
    ASSERT_EQ(rewrite(body, cuts), expected) << body << testing::PrintToString(cuts);
    elements += expected.lines.size();
    faults += expected.faults.size();
  }
  EXPECT_GT(elements, 4'000U);
  EXPECT_GT(faults, 500U);
}

}  // namespace
}  // namespace sluice::ingest
