import Foundation
import Testing

private let obstacle = try? run("Tests/with-host", "--check").output
private let canMakeHost = obstacle == ""

/// The throw-away host on which later tests let services fail.
@Suite(.enabled(if: canMakeHost, "no throw-away host here: \(obstacle ?? "")"))
struct HostTests {
    @Test func `Output, errors, arguments and status come through`() throws {
        let outcome = try run(
            "Tests/with-host",
            "sh",
            "-c",
            #"printf '%s|' "$@"; echo oops >&2; exit 7"#,
            "sh",
            "a b",
            "*",
            ""
        )
        #expect(outcome.status == 7)
        #expect(outcome.output == "a b|*||")
        #expect(outcome.errors == "oops\n")
    }

    @Test func `The host is up, with a bus and a journal, and is not this machine`() throws {
        let script = """
            systemctl is-system-running --wait
            busctl call org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.DBus.Peer Ping && echo pong
            logger --tag greeter hello && journalctl --sync && journalctl --quiet --identifier greeter --output cat
            cat /proc/1/comm; pwd; echo $GREETING
            """
        let outcome = try run("Tests/with-host", "sh", "-c", script, environment: ["GREETING": "good day"])
        #expect(outcome.output == "running\npong\nhello\nsystemd\n\(Repository.root.path)\ngood day\n")
        #expect(outcome.status == 0)
    }

    @Test func `A unit is started, killed, and told about by systemd`() throws {
        let units = FileManager.default.temporaryDirectory.appending(path: "medic-units-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: units, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: units) }
        let unit = "[Service]\nExecStart=/bin/sleep infinity\n"
        try unit.write(to: units.appending(path: "patient.service"), atomically: true, encoding: .utf8)
        let script = """
            systemctl start patient && systemctl is-active patient
            systemctl kill --signal KILL patient
            while systemctl is-active --quiet patient; do :; done
            systemctl show patient --property Result,ActiveState
            systemd-run --quiet --wait --collect false; echo $?
            """
        let outcome = try run("Tests/with-host", "--units", units.path, "sh", "-c", script)
        #expect(outcome.output == "active\nResult=signal\nActiveState=failed\n1\n")
        #expect(outcome.errors == "")
    }

    @Test func `What happens there stays there, but for the current folder and what is to be kept`() throws {
        let kept = FileManager.default.temporaryDirectory.appending(path: "medic-kept-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: kept, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: kept) }
        let mark = "medic-mark-\(UUID().uuidString)"
        let script = """
            touch /etc/\(mark) /tmp/\(mark) /run/\(mark) \(kept.path)/\(mark)
            setsid sh -c 'trap "" TERM HUP; exec -a \(mark) sleep 3600' > /dev/null 2>&1 &
            while ! pgrep --full \(mark) > /dev/null; do :; done
            rm /usr/bin/env; hostname
            """
        let outcome = try run("Tests/with-host", "--keep", kept.path, "bash", "-c", script)
        #expect(outcome.output == "throw-away\n")
        #expect(outcome.status == 0)
        for folder in ["/etc", "/tmp", "/run"] {
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/\(mark)"))
        }
        #expect(FileManager.default.fileExists(atPath: "\(kept.path)/\(mark)"))
        #expect(try run("hostname").output != "throw-away\n")
        #expect(try run("pgrep", "--full", mark).output == "")
    }

    @Test func `A host that ends by itself is an error that says so`() throws {
        let outcome = try run("Tests/with-host", "sh", "-c", "kill -s RTMIN+14 1; sleep 60")
        #expect(outcome.status == 125)
        #expect(outcome.errors.hasPrefix("with-host: the host ended before the command did"))
    }

    @Test func `Nothing is left behind`() throws {
        _ = try run("Tests/with-host", "systemd-run", "--quiet", "sleep", "60")
        let groups = try run("find", "/sys/fs/cgroup", "-maxdepth", "2", "-name", "with-host.*", "-empty").output
        #expect(groups == "")
    }

    @Test func `Who is not root is told that root is needed`() throws {
        let outcome = try run(
            "setpriv",
            "--reuid",
            "65534",
            "--regid",
            "65534",
            "--clear-groups",
            "Tests/with-host",
            "true"
        )
        #expect(outcome.status == 125)
        #expect(outcome.errors == "with-host: a host of its own can only be made by root\n")
    }
}
