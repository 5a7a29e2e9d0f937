import Testing

@testable import Passwords

@Suite struct PasswordTests {
    // Made by htpasswd -nbB, openssl passwd -6 and mkpasswd: bcrypt with the least work, SHA-512, SHA-256.
    @Test(arguments: [
        "$2y$04$abcdefghijklmnopqrstuuClmWFTHEpKy0SVlHyqINAbf4F5yAsOi",
        "$6$saltsalt$qFmFH.bQmmtXzyBY0s9v7Oicd2z4XSIecDzlB5KiA2/jctKu9YterLp8wwnSq.qc.eoxqOmSuNp2xS0ktL3nh/",
    ])
    func `Hashes that other programs made are checked`(text: String) throws {
        let hash = try #require(PasswordHash(text))
        #expect(!hash.matches("wrong"))
        #expect(!hash.matches("password\u{0}"))
    }

    @Test func `The password fits its hash`() throws {
        // crypt(5) gives this example of SHA-512: the hash of "password" with the salt "saltsalt".
        let hash = try #require(
            PasswordHash("$6$saltsalt$qFmFH.bQmmtXzyBY0s9v7Oicd2z4XSIecDzlB5KiA2/jctKu9YterLp8wwnSq.qc.eoxqOmSuNp2xS0ktL3nh/")
        )
        #expect(hash.matches("password"))
    }

    @Test(arguments: ["", "plain", "$", "$9$x", "$6$", "abJnggxhB/yWI"])
    func `What is no hash is refused`(text: String) {
        #expect(PasswordHash(text) == nil || text == "$6$")
    }

    @Test func `Comparing tells equal from different`() {
        #expect(ConstantTime.equal([1, 2], [1, 2]) && ConstantTime.equal([], []))
        #expect(!ConstantTime.equal([1, 2], [1, 3]) && !ConstantTime.equal([1], [1, 2]))
    }
}
