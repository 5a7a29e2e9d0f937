import Playbooks
import Testing

@testable import Actions

@Suite struct AddressTests {
    @Test(arguments: [
        ("http://db:8080/x?y", "db:8080"), ("https://DB/x", "db:443"), ("HTTP://[::1]:9/", "[::1]:9"),
        ("http://10.0.0.1?x", "10.0.0.1:80"),
    ])
    func `A URL leads to one place`(url: String, place: String) throws {
        #expect(try Address(ofURL: url).description == place)
    }

    @Test(arguments: [
        "ftp://db/", "http://", "http://a@b/", "http://good@evil:80/", "http://a b/", "http://a\n/", "http://a\\@b/",
        "http://a:0/", "http://a:70000/", "http://a:+80/", "http://[::1/", "http://a:80:90/", "file:///etc/passwd",
        "http://a%2eb/", "http://a\u{0}b/", "gopher://a", " http://a",
    ])
    func `A URL that could mislead is refused`(url: String) {
        #expect(throws: AddressError.self) { try Address(ofURL: url) }
    }

    @Test(arguments: [
        ("localhost", "localhost:6379"), ("LocalHost:1", "localhost:1"), ("/run/redis.sock", "/run/redis.sock"),
        ("[::1]", "[::1]:6379"),
    ])
    func `An address is brought into one form`(text: String, place: String) throws {
        #expect(try Address(text, standardPort: 6379).description == place)
    }

    @Test(arguments: ["", "a:b", "/run/../etc/x", "a b", "a\u{0}", ":6379", "a;b:1", "::1"])
    func `An address that names nothing is refused`(text: String) {
        #expect(throws: AddressError.self) { try Address(text, standardPort: 6379) }
    }

    @Test(arguments: [
        ("host=db dbname=app", "db:5432"), ("host = 'db'  port=6000", "db:6000"),
        ("host=/run/postgresql user=x", "/run/postgresql/.s.PGSQL.5432"),
    ])
    func `A connection string leads to one place`(text: String, place: String) throws {
        #expect(try PostgresAddress.address(ofDSN: text) == place)
    }

    @Test(arguments: [
        "dbname=app", "host=a,b", "host=a hostaddr=1.2.3.4", "host=a service=x", "host=a password=x",
        "postgresql://a/b",
        "host=a dbname='host=evil'", "host=a dbname=postgres://evil/x", "host='a", "host=a options='-c x'",
        "host=a passfile=/etc/shadow", "host=/run/../x", "host=a port=x",
    ])
    func `A connection string that could lead elsewhere is refused`(text: String) {
        #expect(throws: AddressError.self) { try PostgresAddress.address(ofDSN: text) }
    }
}
