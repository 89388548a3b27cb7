#include <cstdio>
#include <sluice/matcher.hpp>

int main() {
  using namespace sluice::literals;
  sluice::Matcher matcher;
  matcher.put(sluice::SubscriptionId{7}, "", {"order.*"_pattern});
  sluice::Reader reader{matcher};
  for (const auto id : reader.match("order.paid", ""))
    std::printf("matched %u\n", static_cast<unsigned>(id));
}
