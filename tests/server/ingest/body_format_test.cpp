#include "ingest/body_format.hpp"

#include <gtest/gtest.h>

namespace sluice::ingest {
namespace {

TEST(BodyFormat, IsToldByTheMediaTypeAlone) {
  EXPECT_EQ(body_format("application/json", false), BodyFormat::json);
  EXPECT_EQ(body_format(" APPLICATION/Json ;charset=utf-8", false), BodyFormat::json);
  EXPECT_EQ(body_format("application/x-ndjson", false), BodyFormat::ndjson);
  EXPECT_EQ(body_format("application/ndjson", false), BodyFormat::ndjson);
  EXPECT_EQ(body_format("application/jsonl", false), BodyFormat::ndjson);
  EXPECT_EQ(body_format("application/cloudevents+json", false), BodyFormat::cloud_event);
  EXPECT_EQ(body_format("application/cloudevents-batch+json", false),
            BodyFormat::cloud_event_batch);
  EXPECT_EQ(body_format("application/jsons", false), std::nullopt);
  EXPECT_EQ(body_format("", false), std::nullopt);
  EXPECT_EQ(body_format("text/json", false), std::nullopt);
}

TEST(BodyFormat, IsBinaryWhereFieldsHoldAttributesAndTheTypeIsNoCloudEvents) {
  EXPECT_EQ(body_format("application/json", true), BodyFormat::cloud_event_binary);
  EXPECT_EQ(body_format("", true), BodyFormat::cloud_event_binary);
  EXPECT_EQ(body_format("application/cloudevents+json", true), BodyFormat::cloud_event);
}

TEST(BodyFormat, KnowsJson) {
  EXPECT_TRUE(is_json_type("application/json"));
  EXPECT_TRUE(is_json_type("application/ld+JSON; a=b"));
  EXPECT_FALSE(is_json_type("+json"));
  EXPECT_FALSE(is_json_type("application/jsonx"));
  EXPECT_FALSE(is_json_type(""));
}

TEST(BodyCoding, IsGzipOrNone) {
  EXPECT_EQ(body_coding(""), BodyCoding::identity);
  EXPECT_EQ(body_coding("Identity"), BodyCoding::identity);
  EXPECT_EQ(body_coding(" GZIP "), BodyCoding::gzip);
  EXPECT_EQ(body_coding("gzip, gzip"), std::nullopt);
  EXPECT_EQ(body_coding("deflate"), std::nullopt);
}

}  // namespace
}  // namespace sluice::ingest
