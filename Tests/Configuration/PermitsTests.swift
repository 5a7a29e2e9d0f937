import Configuration
import Diagnostics
import Playbooks
import Testing
import YAML

@Suite struct PermitsTests {
    private let permits: Permits

    init() throws {
        let source = SourceText(
            text: """
                actions: ['systemd.*', exec]
                units: ['api*.service', db.service]
                paths: {read: [/etc/api], write: [/etc/api/live], delete: [/var/spool/api]}
                programs: [/usr/bin/true]
                addresses: ['localhost:*', '10.0.0.1:80']
                users: [nobody]
                """
        )
        let problems = Problems(in: source)
        let document = try #require(YAMLDocument(source, problems: problems))
        permits = try #require(document.decode(Permits.shape, problems: problems))
    }

    static let granted: [Permission] = [
        .action("systemd.restart"), .action("exec"), .unit("api-1.service"), .unit("db.service"),
        .path("/etc/api/a.yaml", .read), .path("/etc/api/live/x", .write), .path("/etc/api/live/x", .read),
        .path("/var/spool/api", .delete), .program("/usr/bin/true"), .address("localhost:6379"),
        .address("10.0.0.1:80"), .user("nobody"),
    ]

    @Test(arguments: granted)
    func `What is named is granted`(permission: Permission) {
        #expect(permits.refusals(of: [permission]).isEmpty)
        #expect(!Permits().refusals(of: [permission]).isEmpty, "without a word nothing is granted")
    }

    @Test func `What medic is told by and remembers with is nobody's, whatever is granted`() {
        var permits = permits
        permits.writable = ["/etc", "/var"]
        permits.deletable = ["/var"]
        permits.own = ["/etc/medic/medic.yml", "/etc/medic/medic.d", "/var/lib/medic"]
        for permission: Permission in [
            .path("/etc/medic/medic.yml", .write), .path("/etc/medic/medic.d/x.yml", .write),
            .path("/var/lib/medic", .delete),
            .path("/var/lib/medic/history.db", .write),
        ] {
            #expect(permits.refusals(of: [permission]).first?.contains("is medic's own") == true)
        }
        #expect(
            permits.refusals(of: [.path("/etc/medic/medic.yml", .read), .path("/var/lib/medicine/x", .delete)]).isEmpty
        )
    }

    static let refused: [Permission] = [
        .action("execute"), .action("systemd"), .unit("api/x.service"), .unit("ssh.service"), .unit("db.service\nx"),
        .path("/etc/api2/a", .read), .path("/etc/api/../shadow", .read), .path("/etc/api/a", .write),
        .path("etc/api/a", .read), .path("/etc/api/live/x", .delete), .path("/var/spool/api/x", .write),
        .path("/etc/api/\u{0}", .read), .program("/usr/bin/true2"), .program("true"), .address("10.0.0.1:800"),
        .address("evil:localhost:1/x"), .user("root"),
    ]

    @Test(arguments: refused)
    func `What is not named is refused with the line that would grant it`(permission: Permission) {
        let refusals = permits.refusals(of: [permission])
        #expect(refusals.count == 1)
        #expect(refusals.first?.contains("permit: {") == true)
    }
}
