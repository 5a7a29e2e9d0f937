import Testing

@testable import Passwords

@Suite struct PasswordTests {
    // bcrypt with the least work, and what openssl passwd -6 makes; both of "password".
    @Test(arguments: [
        "$2y$04$abcdefghijklmnopqrstuughE8Ev8uGFaUgY2cNEySvxngrb/Jzdm",
        "$6$saltsalt$qFmFH.bQmmtXzyBY0s9v7Oicd2z4XSIecDzlB5KiA2/jctKu9YterLp8wwnSq.qc.eoxqOmSuNp2xS0ktL3nh/",
    ])
    func `Hashes that other programs made are checked`(text: String) throws {
        let hash = try #require(PasswordHash(text))
        #expect(hash.matches("password"))
        #expect(!hash.matches("wrong"))
        #expect(!hash.matches("password\u{0}"))
    }

    @Test(arguments: ["", "plain", "$", "$9$x", "abJnggxhB/yWI"])
    func `What is no hash is refused`(text: String) {
        #expect(PasswordHash(text) == nil)
    }

    @Test func `Comparing tells equal from different`() {
        #expect(ConstantTime.equal([1, 2], [1, 2]) && ConstantTime.equal([], []))
        #expect(!ConstantTime.equal([1, 2], [1, 3]) && !ConstantTime.equal([1], [1, 2]))
    }
}
