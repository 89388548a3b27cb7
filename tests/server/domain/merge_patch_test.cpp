// The examples that RFC 7396 gives in its appendix A, and the document of its section 3.
#include "domain/merge_patch.hpp"

#include <gtest/gtest.h>

#include <array>
#include <boost/json/parse.hpp>
#include <string_view>

namespace sluice::domain {
namespace {

struct Case {
  std::string_view target;
  std::string_view patch;
  std::string_view result;
};

constexpr std::array kAppendix{
    Case{R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
    Case{R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
    Case{R"({"a":"b"})", R"({"a":null})", R"({})"},
    Case{R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
    Case{R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
    Case{R"({"a":"c"})", R"({"a":["b"]})", R"({"a":["b"]})"},
    Case{R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
    Case{R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
    Case{R"(["a","b"])", R"(["c","d"])", R"(["c","d"])"},
    Case{R"({"a":"b"})", R"(["c"])", R"(["c"])"},
    Case{R"({"a":"foo"})", R"(null)", R"(null)"},
    Case{R"({"a":"foo"})", R"("bar")", R"("bar")"},
    Case{R"({"e":null})", R"({"a":1})", R"({"e":null,"a":1})"},
    Case{R"([1,2])", R"({"a":"b","c":null})", R"({"a":"b"})"},
    Case{R"({})", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"},
};

TEST(MergePatch, GivesTheResultsOfTheAppendix) {
  for (const Case& each : kAppendix) {
    EXPECT_EQ(merge_patch(boost::json::parse(each.target), boost::json::parse(each.patch)),
              boost::json::parse(each.result))
        << each.target << " with " << each.patch;
  }
}

TEST(MergePatch, ChangesTheDocumentOfSection3) {
  const auto target = boost::json::parse(
      R"({"title": "Goodbye!", "author": {"givenName": "John", "familyName": "Doe"},
          "tags": ["example", "sample"], "content": "This will be unchanged"})");
  const auto patch = boost::json::parse(
      R"({"title": "Hello!", "phoneNumber": "+01-123-456-7890", "author": {"familyName": null},
          "tags": ["example"]})");
  const auto result = boost::json::parse(
      R"({"title": "Hello!", "author": {"givenName": "John"}, "tags": ["example"],
          "content": "This will be unchanged", "phoneNumber": "+01-123-456-7890"})");
  EXPECT_EQ(merge_patch(target, patch), result);
}

}  // namespace
}  // namespace sluice::domain
