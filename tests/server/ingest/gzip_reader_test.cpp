#include "ingest/gzip_reader.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/ingest/gzip_text.hpp"
#include "support/random.hpp"

namespace sluice::ingest {
namespace {

std::string unzip(GzipReader& reader, std::string_view zipped, std::size_t piece,
                  std::size_t room) {
  std::string text;
  std::vector<char> output(room);
  while (!zipped.empty() && !reader.is_bad()) {
    std::string_view input = zipped.substr(0, piece);
    zipped.remove_prefix(input.size());
    for (;;) {
      const std::size_t bytes = reader.read(input, output);
      text.append(output.data(), bytes);
      if (reader.is_bad() || (input.empty() && bytes != output.size())) break;
    }
  }
  return text;
}

TEST(GzipReader, GivesTheTextWhateverTheSizesOfItsBuffers) {
  testkit::Random random{1};
  std::string text;
  for (int i = 0; i != 5'000; ++i) text += std::to_string(random.below(1'000));
  const std::string zipped = testkit::gzip(text) + testkit::gzip("") + testkit::gzip("end");
  for (const std::size_t piece : {1U, 7U, 1'000U, 1'000'000U}) {
    for (const std::size_t room : {1U, 13U, 100'000U}) {
      GzipReader reader;
      EXPECT_EQ(unzip(reader, zipped, piece, room), text + "end") << piece << " " << room;
      EXPECT_TRUE(reader.is_whole());
      EXPECT_FALSE(reader.is_bad());
    }
  }
}

TEST(GzipReader, KnowsWhereDataGoesBad) {
  const std::string zipped = testkit::gzip("hello, hello, hello");
  for (std::size_t i = 0; i != zipped.size(); ++i) {
    if (i >= 4 && i <= 9) continue;  // time, flags of the compressor and system: not checked
    std::string damaged = zipped;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x60);
    GzipReader reader;
    unzip(reader, damaged, 1'000, 1'000);
    EXPECT_TRUE(reader.is_bad() || !reader.is_whole()) << i;
  }
}

TEST(GzipReader, KnowsThatDataIsNotWhole) {
  const std::string zipped = testkit::gzip("hello");
  for (std::size_t size = 0; size != zipped.size(); ++size) {
    GzipReader reader;
    unzip(reader, zipped.substr(0, size), 1'000, 1'000);
    EXPECT_FALSE(reader.is_whole()) << size;
    EXPECT_FALSE(reader.is_bad()) << size;
  }
}

}  // namespace
}  // namespace sluice::ingest
