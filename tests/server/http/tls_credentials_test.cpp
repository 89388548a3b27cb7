#include "http/tls_credentials.hpp"

#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/stat.h>

#include <chrono>
#include <string>

#include "tests/server/http/tls_stage.hpp"

namespace sluice::http {
namespace {

using Which = TlsFileError::Which;

struct Refusal {
  std::string what;
  Which which = Which::certificate;
};

Refusal refusal(const TlsFiles& files) {
  try {
    const TlsCredentials credentials(files);
  } catch (const TlsFileError& error) {
    return {error.what(), error.which};
  }
  return {"none"};
}

TEST(TlsCredentials, AreMadeOfTwoFilesOrOne) {
  TlsFolder folder;
  EXPECT_EQ(refusal(folder.files()).what, "none");
  const auto identity = folder.authority.issue("IP:127.0.0.1");
  const std::string both = folder.write("both.pem", identity.key + identity.certificate);
  EXPECT_EQ(refusal({both, both}).what, "none");
}

TEST(TlsCredentials, SayWhenTheCertificateExpires) {
  TlsFolder folder;
  folder.put(folder.authority.issue("IP:127.0.0.1", std::chrono::hours{48}));
  const auto left = folder.credentials()->expires_at() - std::chrono::system_clock::now();
  EXPECT_GT(left, std::chrono::hours{47});
  EXPECT_LT(left, std::chrono::hours{49});
}

TEST(TlsCredentials, NameTheFileThatCannotBeRead) {
  TlsFolder folder;
  const TlsFiles good = folder.files();
  Refusal refused = refusal({folder.directory / "absent.pem", good.key});
  EXPECT_EQ(refused.which, Which::certificate);
  EXPECT_EQ(refused.what,
            folder.directory / "absent.pem" + " cannot be read: No such file or directory");
  refused = refusal({good.certificate, folder.directory.path().string()});
  EXPECT_EQ(refused.which, Which::key);
  EXPECT_NE(refused.what.find("cannot be read"), std::string::npos) << refused.what;
}

TEST(TlsCredentials, NameWhatAFileShouldHaveHeld) {
  TlsFolder folder;
  const TlsFiles good = folder.files();
  for (const std::string text : {"", "nonsense\n", "-----BEGIN CERTIFICATE-----\nxx\n"}) {
    const std::string bad = folder.write("bad.pem", text);
    const Refusal certificate = refusal({bad, good.key});
    EXPECT_EQ(certificate.which, Which::certificate);
    EXPECT_NE(certificate.what.find("holds no certificate in PEM form"), std::string::npos)
        << certificate.what;
    const Refusal key = refusal({good.certificate, bad});
    EXPECT_EQ(key.which, Which::key);
    EXPECT_NE(key.what.find("holds no private key in PEM form"), std::string::npos) << key.what;
  }
}

TEST(TlsCredentials, RefuseAChainThatIsDamagedBehindItsBegin) {
  TlsFolder folder;
  const auto identity = folder.authority.issue("IP:127.0.0.1");
  folder.put({identity.certificate + "-----BEGIN CERTIFICATE-----\nxx\n-----END CERTIFICATE-----\n",
              identity.key});
  EXPECT_NE(refusal(folder.files()).what.find("is damaged"), std::string::npos);
}

TEST(TlsCredentials, RefuseAKeyOfAnotherCertificate) {
  TlsFolder folder;
  folder.write("key.pem", folder.authority.issue("IP:127.0.0.1").key);
  const Refusal refused = refusal(folder.files());
  EXPECT_EQ(refused.which, Which::key);
  EXPECT_EQ(refused.what, folder.files().key + " is not the key of the certificate in " +
                              folder.files().certificate);
}

// OpenSSL would ask the terminal, and a service that starts at night would wait for ever.
TEST(TlsCredentials, RefuseAKeyWithAPassphrase) {
  TlsFolder folder;
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key{EVP_EC_gen("P-256"), EVP_PKEY_free};
  const std::unique_ptr<BIO, int (*)(BIO*)> out{BIO_new(BIO_s_mem()), BIO_free};
  const unsigned char passphrase[] = "secret";
  ASSERT_EQ(PEM_write_bio_PrivateKey(out.get(), key.get(), EVP_aes_128_cbc(), passphrase, 6,
                                     nullptr, nullptr),
            1);
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  folder.write("key.pem", std::string(text, static_cast<std::size_t>(size)));
  EXPECT_NE(refusal(folder.files()).what.find("has a passphrase"), std::string::npos);
}

TEST(TlsCredentials, KnowWhenOthersMayReadTheKey) {
  TlsFolder folder;
  ASSERT_EQ(::chmod(folder.files().key.c_str(), 0640), 0);
  EXPECT_FALSE(folder.credentials()->is_key_exposed());
  ASSERT_EQ(::chmod(folder.files().key.c_str(), 0644), 0);
  EXPECT_TRUE(folder.credentials()->is_key_exposed());
}

}  // namespace
}  // namespace sluice::http
