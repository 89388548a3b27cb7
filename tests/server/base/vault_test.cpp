// A secret opens with its key and its context only, and its key file is nobody else's.
#include "base/vault.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <latch>
#include <stdexcept>
#include <thread>
#include <vector>

#include "base/encoding.hpp"
#include "tests/server/support/temporary_directory.hpp"

namespace sluice::base {
namespace {

using testkit::TemporaryDirectory;

Vault::Key key_of(unsigned char fill) {
  Vault::Key key;
  key.fill(std::byte{fill});
  return key;
}

void write_file(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
  std::filesystem::permissions(path, std::filesystem::perms{0600});
}

std::string reason(const std::string& path) {
  try {
    const Vault vault = Vault::from_file(path);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

TEST(Vault, OpensWhatItSealed) {
  const Vault vault{key_of(1)};
  for (const std::string& plain : {std::string(), std::string("x"), std::string(70'000, 's')}) {
    const std::string sealed = vault.seal(plain, "row 1");
    EXPECT_TRUE(sealed.starts_with("v1:"));
    EXPECT_EQ(vault.open(sealed, "row 1"), plain);
  }
}

TEST(Vault, SealsTheSameTextDifferentlyEachTime) {
  const Vault vault{key_of(1)};
  EXPECT_NE(vault.seal("secret", "c"), vault.seal("secret", "c"));
}

TEST(Vault, RefusesAnotherContextOrKey) {
  const Vault vault{key_of(1)};
  const std::string sealed = vault.seal("secret", "row 1");
  EXPECT_FALSE(vault.open(sealed, "row 2"));
  EXPECT_FALSE(vault.open(sealed, ""));
  EXPECT_FALSE(Vault{key_of(2)}.open(sealed, "row 1"));
}

TEST(Vault, RefusesAnyChangedByte) {
  const Vault vault{key_of(1)};
  const std::string bytes = *from_base64(vault.seal("secret", "c").substr(3));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(vault.open("v1:" + to_base64(changed), "c")) << i;
  }
  for (const char* text : {"", "v1:", "v1:AAAA", "secret", "v2:AAAA", "v1:*"})
    EXPECT_FALSE(vault.open(text, "c")) << text;
}

TEST(Vault, MakesAKeyFileForItsOwnerOnlyAndKeepsIt) {
  const TemporaryDirectory directory;
  const std::string path = directory / "master.key";
  const std::string sealed = Vault::from_file(path).seal("secret", "c");
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
  EXPECT_EQ(status.st_size, 32);
  EXPECT_EQ(status.st_nlink, 1U);
  EXPECT_EQ(Vault::from_file(path).open(sealed, "c"), "secret");
  EXPECT_FALSE(Vault::from_file(directory / "other.key").open(sealed, "c"));
}

TEST(Vault, ThoseThatMakeTheFileAtOnceAgree) {
  const TemporaryDirectory directory;
  const std::string path = directory / "master.key";
  constexpr int kThreads = 8;
  std::vector<std::string> sealed(kThreads);
  std::latch start{kThreads};
  {
    std::vector<std::jthread> threads;
    for (std::string& text : sealed)
      threads.emplace_back([&text, &path, &start] {
        start.arrive_and_wait();
        text = Vault::from_file(path).seal("secret", "c");
      });
  }
  const Vault vault = Vault::from_file(path);
  for (const std::string& text : sealed) EXPECT_EQ(vault.open(text, "c"), "secret");
  const auto files = std::filesystem::directory_iterator(directory.path());
  EXPECT_EQ(std::distance(begin(files), end(files)), 1);  // no draft is left
}

TEST(Vault, RefusesAKeyFileThatOthersCanRead) {
  const TemporaryDirectory directory;
  const std::string path = directory / "master.key";
  write_file(path, std::string(32, 'k'));
  EXPECT_EQ(reason(path), "");
  for (const unsigned mode : {0640U, 0604U, 0620U, 0601U}) {
    std::filesystem::permissions(path, std::filesystem::perms{mode});
    EXPECT_NE(reason(path).find("chmod 600 " + path), std::string::npos) << reason(path);
  }
}

TEST(Vault, RefusesAKeyFileOfAnotherSize) {
  const TemporaryDirectory directory;
  const std::string path = directory / "master.key";
  for (const std::size_t size : {0U, 31U, 33U, 5'000U}) {
    write_file(path, std::string(size, 'k'));
    EXPECT_NE(reason(path).find(path + " does not have 32 bytes"), std::string::npos);
  }
}

TEST(Vault, SaysWhyAKeyFileCannotBeMade) {
  const TemporaryDirectory directory;
  EXPECT_NE(reason(directory / "missing/master.key").find("No such file"), std::string::npos);
  EXPECT_NE(reason(directory.path().string()).find("cannot"), std::string::npos);
}

}  // namespace
}  // namespace sluice::base
