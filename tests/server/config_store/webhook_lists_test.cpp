// Lists are complete, in a stable order, and show an organisation its own webhooks only.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <optional>

#include "config_store/database.hpp"
#include "config_store/migration.hpp"
#include "tests/server/config_store/store_rig.hpp"

namespace sluice::store {
namespace {

using domain::Webhook;

struct WebhookListsTest : testing::Test, StoreRig {
  Webhooks& webhooks() { return store->webhooks(); }
  WebhookPage list(const WebhookFilter& filter = {}, const WebhookPageRequest& request = {}) {
    return std::get<WebhookPage>(webhooks().list(organisation, filter, request));
  }
  Webhook make(const std::string& name, std::vector<std::string> event_types = {"object.created"},
               bool is_active = true) {
    domain::WebhookDraft draft = draft_of(name, std::move(event_types));
    draft.is_active = is_active;
    return webhooks().create(organisation, draft);
  }
  static std::vector<std::string> names(const WebhookPage& page) {
    std::vector<std::string> all;
    for (const Webhook& webhook : page.rows) all.push_back(webhook.draft.name);
    return all;
  }
  std::uint32_t organisation = make_organisation();
};

using Names = std::vector<std::string>;

TEST_F(WebhookListsTest, NewestFirstAndWhole) {
  make("a");
  const Webhook b = make("b");
  const WebhookPage page = list();
  EXPECT_EQ(names(page), (Names{"b", "a"}));
  EXPECT_TRUE(domain::have_same_content(page.rows[0].draft, b.draft));
  EXPECT_EQ(page.rows[0].number, b.number);
  EXPECT_FALSE(page.next_cursor);
  EXPECT_FALSE(page.total);
}

TEST_F(WebhookListsTest, ShowsAnOrganisationItsOwnOnly) {
  make("ours");
  const std::uint32_t other = make_organisation("other");
  webhooks().create(other, draft_of("theirs"));
  EXPECT_EQ(names(list({}, {.include_total = true})), Names{"ours"});
  EXPECT_EQ(list({}, {.include_total = true}).total, 1U);
}

TEST_F(WebhookListsTest, FiltersByExactEventTypeAndByActivity) {
  make("a", {"order.*", "user.created"});
  make("b", {"order.created"}, false);
  make("c", {"user.created", "x"});
  make("d", {"my-user.created", "user.created2"});
  EXPECT_EQ(names(list({.event_type = "user.created"})), (Names{"c", "a"}));
  EXPECT_EQ(names(list({.event_type = "order.*"})), (Names{"a"}));
  EXPECT_EQ(names(list({.event_type = "order.created"})), (Names{"b"}));
  EXPECT_EQ(names(list({.event_type = "order"})), Names{});
  EXPECT_EQ(names(list({.event_type = "order.* user.created"})), Names{});
  EXPECT_EQ(names(list({.event_type = ""})), Names{});
  EXPECT_EQ(names(list({.is_active = false})), Names{"b"});
  EXPECT_EQ(names(list({.is_active = true})), (Names{"d", "c", "a"}));
  EXPECT_EQ(names(list({.event_type = "user.created", .is_active = false})), Names{});
  EXPECT_EQ(list({.is_active = true}, {.limit = 1, .include_total = true}).total, 3U);
  EXPECT_EQ(list({.event_type = "a b"}, {.include_total = true}).total, 0U);
}

TEST_F(WebhookListsTest, TheFilterFollowsWhatIsChangedAndErased) {
  Webhook changed = make("changed", {"a.b", "c.d"});
  const Webhook erased = make("erased", {"a.b"});
  changed.draft.event_types = {"c.d", "e.f"};
  webhooks().replace(organisation, changed.webhook_id, changed.draft);
  EXPECT_EQ(names(list({.event_type = "a.b"})), Names{"erased"});
  EXPECT_EQ(names(list({.event_type = "c.d"})), Names{"changed"});
  EXPECT_EQ(names(list({.event_type = "e.f"})), Names{"changed"});
  webhooks().erase(organisation, erased.webhook_id);
  EXPECT_EQ(names(list({.event_type = "a.b"})), Names{});
  EXPECT_EQ(list({.event_type = "a.b"}, {.include_total = true}).total, 0U);
  webhooks().disable(changed.number, "a reason");
  EXPECT_EQ(names(list({.event_type = "e.f", .is_active = false})), Names{"changed"});
}

TEST_F(WebhookListsTest, FilteredPagesJoinToTheWhole) {
  Names expected;
  for (int i = 0; i < 30; ++i) {
    const std::string name = std::to_string(i);
    make(name, {i % 3 == 0 ? "a.b" : "c.d", "e.f"}, i % 2 == 0);
    if (i % 3 == 0 && i % 2 == 0) expected.insert(expected.begin(), name);
  }
  webhooks().create(make_organisation("other"), draft_of("theirs", {"a.b"}));
  Names joined;
  WebhookPageRequest request{.limit = 2, .include_total = true};
  do {
    const WebhookPage page = list({.event_type = "a.b", .is_active = true}, request);
    EXPECT_EQ(page.total, 5U);
    for (const std::string& name : names(page)) joined.push_back(name);
    request.cursor = page.next_cursor;
  } while (request.cursor);
  EXPECT_EQ(joined, expected);
  EXPECT_EQ(names(list({.event_type = "a.b"}, {.limit = 2, .offset = 3})), (Names{"18", "15"}));
}

TEST(WebhookLists, OfAnEarlierVersionAreFilteredToo) {
  testkit::TemporaryDirectory directory{testkit::memory_path()};
  const std::string path = directory / "config.db";
  testkit::ManualClock clock;
  {
    Database database(path, Database::Use::write);
    migrate(database, config_migrations().first(1), clock.now());
    database.execute(
        "INSERT INTO organisations VALUES (1, 'old', 'int_1', 0);"
        "INSERT INTO webhooks VALUES (1, 'wh_1', 1, 'one', NULL, 'a.b c.d', 1, NULL, 0, 0, 1);"
        "INSERT INTO webhooks VALUES (2, 'wh_2', 1, 'two', NULL, 'c.d', 1, NULL, 0, 0, 1);"
        "INSERT INTO webhooks VALUES (3, 'wh_3', 1, 'all', NULL, '*', 1, NULL, 0, 0, 1);"
        "INSERT INTO webhooks VALUES (4, 'wh_4', 1, 'off', NULL, 'c.d', 0, NULL, 0, 0, 1)");
  }
  const base::Vault vault{test_key()};
  testkit::SeededRandom random{1};
  ConfigStore store(path, vault, clock, random);
  const auto named = [&](const char* event_type) {
    Names all;
    const auto page = store.webhooks().list(1, {.event_type = event_type}, {});
    for (const Webhook& webhook : std::get<WebhookPage>(page).rows)
      all.push_back(webhook.draft.name);
    return all;
  };
  EXPECT_EQ(named("c.d"), (Names{"off", "two", "one"}));
  EXPECT_EQ(named("a.b"), Names{"one"});
  EXPECT_EQ(named("*"), Names{"all"});
  EXPECT_EQ(named(""), Names{});
  const auto total = [&](const WebhookFilter& filter) {
    const auto page = store.webhooks().list(1, filter, {.limit = 1, .include_total = true});
    return std::get<WebhookPage>(page).total;
  };
  EXPECT_EQ(total({}), 4U);
  EXPECT_EQ(total({.is_active = false}), 1U);
  EXPECT_EQ(total({.event_type = "c.d", .is_active = true}), 2U);
}

// Totals are kept beside the rows, so whatever changes rows is tried against counting them.
TEST_F(WebhookListsTest, TotalsAreWhatCountingWouldFind) {
  testkit::SeededRandom chance{7};
  const auto below = [&chance](std::uint32_t end) {
    std::array<std::byte, 4> bytes{};
    chance.fill(bytes);
    std::uint32_t number = 0;
    std::memcpy(&number, bytes.data(), sizeof number);
    return number % end;
  };
  const Names kinds = {"a.b", "c.d", "e.f", "*"};
  std::vector<Webhook> live;
  const auto draft = [&] {
    Names types;
    for (const std::string& kind : kinds)
      if (below(2) == 0) types.push_back(kind);
    if (types.empty()) types = {"a.b"};
    domain::WebhookDraft made = draft_of("n", types);
    made.is_active = below(2) == 0;
    return made;
  };
  for (int step = 0; step < 400; ++step) {
    const std::size_t at = live.empty() ? 0 : below(static_cast<std::uint32_t>(live.size()));
    switch (live.empty() ? 0 : below(4)) {
      case 0: live.push_back(webhooks().create(organisation, draft())); break;
      case 1: webhooks().replace(organisation, live[at].webhook_id, draft()); break;
      case 2: webhooks().disable(live[at].number, "a reason"); break;
      default:
        webhooks().erase(organisation, live[at].webhook_id);
        live.erase(live.begin() + static_cast<std::ptrdiff_t>(at));
    }
    for (const auto& is_active : {std::optional<bool>{}, std::optional{true}, std::optional{false}}) {
      for (const char* kind : {"", "a.b", "c.d", "*"}) {
        WebhookFilter filter{.is_active = is_active};
        if (*kind != '\0') filter.event_type = kind;
        const WebhookPage page = list(filter, {.limit = 1000, .include_total = true});
        const auto counted = std::ranges::count_if(list({}, {.limit = 1000}).rows, [&](const Webhook& w) {
          const bool has_kind =
              !filter.event_type || std::ranges::count(w.draft.event_types, *filter.event_type) > 0;
          return has_kind && (!is_active || w.draft.is_active == *is_active);
        });
        ASSERT_EQ(page.total, static_cast<std::uint64_t>(counted)) << step << " " << kind;
        ASSERT_EQ(page.rows.size(), static_cast<std::size_t>(counted)) << step << " " << kind;
      }
    }
  }
}

TEST_F(WebhookListsTest, OffsetSkips) {
  for (const char* name : {"a", "b", "c", "d"}) make(name);
  EXPECT_EQ(names(list({}, {.limit = 2, .offset = 1})), (Names{"c", "b"}));
  EXPECT_TRUE(list({}, {.limit = 2, .offset = 1}).next_cursor);
  EXPECT_EQ(names(list({}, {.limit = 2, .offset = 3})), Names{"a"});
  EXPECT_EQ(names(list({}, {.limit = 2, .offset = 9})), Names{});
}

TEST_F(WebhookListsTest, PagesJoinToTheWholeWhileOthersComeAndGo) {
  std::vector<Webhook> made;
  for (int i = 0; i < 10; ++i) made.push_back(make(std::to_string(i)));
  Names seen;
  WebhookPageRequest request{.limit = 3};
  int pages = 0;
  do {
    const WebhookPage page = list({}, request);
    for (const std::string& name : names(page)) seen.push_back(name);
    request.cursor = page.next_cursor;
    if (++pages == 1) {
      make("new");
      webhooks().erase(organisation, made[7].webhook_id);  // the one that the cursor stands on
    }
  } while (request.cursor);
  EXPECT_EQ(seen, (Names{"9", "8", "7", "6", "5", "4", "3", "2", "1", "0"}));
  EXPECT_EQ(pages, 4);
}

TEST_F(WebhookListsTest, ACursorIsGoodForItsListOnly) {
  for (const char* name : {"a", "b"}) make(name);
  const std::string cursor = *list({}, {.limit = 1}).next_cursor;
  EXPECT_TRUE(std::all_of(cursor.begin(), cursor.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_';
  }));
  const std::uint32_t other = make_organisation("other");
  const auto is_bad = [&](std::uint32_t whose, const std::string& text) {
    return std::holds_alternative<BadCursor>(webhooks().list(whose, {}, {.cursor = text}));
  };
  EXPECT_FALSE(is_bad(organisation, cursor));
  EXPECT_TRUE(is_bad(other, cursor));
  for (std::size_t i = 0; i < cursor.size(); ++i) {
    std::string changed = cursor;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_TRUE(is_bad(organisation, changed)) << i;
  }
  for (const std::string& text : {std::string(), std::string("x"), cursor + "A", cursor.substr(1)})
    EXPECT_TRUE(is_bad(organisation, text));
}

TEST_F(WebhookListsTest, EveryActiveWebhookIsVisitedWithItsOrganisation) {
  const auto other = *store->organisations().create("other");
  struct Seen {
    std::uint32_t organisation;
    std::vector<std::string> event_types;
    bool operator==(const Seen&) const = default;
  };
  std::map<std::uint32_t, Seen> expected;
  std::map<std::uint32_t, Seen> seen;
  const Webhook one = make("one", {"order.*", "**", "a"});
  make("paused", {"x"}, false);
  const Webhook two = webhooks().create(other.number, draft_of("two"));
  expected[one.number] = {organisation, one.draft.event_types};
  expected[two.number] = {other.number, two.draft.event_types};
  webhooks().for_each_active([&](const ActiveWebhook& webhook) {
    seen[webhook.number] = {webhook.organisation,
                            {webhook.event_types.begin(), webhook.event_types.end()}};
    if (seen.size() == 1) make("made meanwhile");
  });
  EXPECT_EQ(seen, expected);
}

}  // namespace
}  // namespace sluice::store
