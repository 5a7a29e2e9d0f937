import Foundation
import Testing

/// The project's own files keep the rules of the house.
@Suite struct HouseTests {
    let repository: Repository

    init() throws { repository = try Repository() }

    @Test func `The project has files to look at`() {
        #expect(repository.files.count > 30)
        #expect(repository.files.contains { $0.path == "Sources/Metrics/Labels.swift" })
    }

    @Test func `Arrows point down only`() { #expect(Rooms.violations(repository.files) == []) }

    @Test func `The top level holds nothing else`() { #expect(Tidiness.strangers(repository.files) == []) }

    @Test func `No file is too long`() { #expect(Tidiness.longFiles(repository.files) == []) }

    @Test func `Sources hold no traps and no loose ends`() { #expect(Tidiness.bannedWords(repository.files) == []) }

    @Test func `There are no tabs`() { #expect(Tidiness.tabs(repository.files) == []) }

    @Test func `Nothing names a folder of one machine`() {
        #expect(Tidiness.placesOfOneMachine(repository.files) == [])
    }

    @Test func `Links lead somewhere`() {
        #expect(Tidiness.deadLinks(repository.files, exists: Repository.exists) == [])
    }

    @Test func `Every script says what it is for, can be run, and is bash`() throws {
        #expect(Tidiness.unexplainedScripts(repository.files) == [])
        let scripts = repository.files.filter { $0.text.hasPrefix("#!") }
        #expect(scripts.count >= 6)
        for script in scripts {
            #expect(Repository.isExecutable(script.path), "\(script.path)")
            if script.text.hasPrefix("#!/usr/bin/env bash") {
                let outcome = try run("bash", "-n", script.path)
                #expect(outcome.status == 0, "\(outcome.errors)")
            }
        }
    }

    @Test(arguments: ["deploy/setup", "deploy/test", "deploy/run", "deploy/format"])
    func `Every script of deploy helps`(script: String) throws {
        let outcome = try run(script, "--help")
        #expect(outcome.status == 0)
        #expect(outcome.output.hasPrefix(script))
    }

    @Test func `The licence is the whole Apache License`() throws {
        let licence = try #require(repository.files.first { $0.path == "LICENSE" }).text
        #expect(licence.contains("Version 2.0, January 2004"))
        #expect(licence.contains("END OF TERMS AND CONDITIONS"))
    }
}

/// The rules notice when they are broken.
@Suite struct TidinessTests {
    private func file(_ path: String, _ text: String) -> Repository.File { .init(path: path, text: text) }

    @Test(arguments: [
        ("Sources/Metrics/A.swift", "internal import Glibc", true),
        ("Sources/Metrics/A.swift", "import Synchronization", false),
        ("Sources/Metrics/A.swift", "public import RegularExpressions", false),
        ("Sources/Metrics/A.swift", "import Files", true),
        ("Sources/Metrics/A.swift", "import Storage", true),
        ("Sources/Storage/A.swift", "public import struct Metrics.Labels", false),
        ("Sources/PromQL/Syntax/A.swift", "@preconcurrency import Dispatch", true),
        ("Sources/PromQL/Syntax/A.swift", "import SampleLog", true),
        ("Sources/SampleLog/A.swift", "import Files", false),
        ("Sources/SampleLog/A.swift", "import Foundation", true),
        ("Sources/SampleLog/A.swift", "import CRE2", true),
        ("Sources/Platform/YAML/A.swift", "internal import CYAML", false),
        ("Sources/Platform/YAML/A.swift", "internal import Diagnostics", false),
        ("Sources/Platform/Files/A.swift", "internal import Metrics", true),
        ("Sources/Metrics/A.swift", "// import Glibc, they said", false),
        ("Tests/Metrics/A.swift", "import Foundation", false),
    ]) func `An import is judged by the room it is in`(path: String, line: String, isWrong: Bool) {
        #expect(Rooms.violations([file(path, line)]).isEmpty != isWrong)
    }

    @Test func `Findings name file and line`() {
        let files = [file("Sources/A.swift", "let a = 1\nlet b = try! f()\n"), file("Tests/A.swift", "try! f()\n")]
        #expect(Tidiness.bannedWords(files) == ["Sources/A.swift:2: try!: handle the error, or make it impossible"])
    }

    @Test(arguments: [
        ("let t = TO" + "DO", 1), ("TO" + "DOs", 0), (#"\uXX"# + "XX", 0), ("// XX" + "X: mend", 1), ("x as! Y", 1),
    ])
    func `Only whole words count`(line: String, count: Int) {
        #expect(Tidiness.bannedWords([file("Sources/A.swift", line)]).count == count)
    }

    @Test func `A file of one line too many is found`() {
        let line = "//\n"
        let fits = file("Sources/A.swift", String(repeating: line, count: Tidiness.sourceLinesMax))
        let long = file("Sources/B.swift", String(repeating: line, count: Tidiness.sourceLinesMax + 1))
        #expect(Tidiness.longFiles([fits, long]) == ["Sources/B.swift: 401 lines, at most 400"])
    }

    @Test func `Strangers, tabs, private places, dead links and silent scripts are found`() {
        #expect(Tidiness.strangers([file("notes.txt", ""), file("Sources/A.swift", "")]).count == 1)
        #expect(Tidiness.tabs([file("Tests/A.swift", "\tlet a = 1\n"), file("A.md", "a\r\n")]).count == 2)
        #expect(Tidiness.placesOfOneMachine([file("README.md", "see \(Tidiness.privatePlaces[0])x")]).count == 1)
        let links = file("README.md", "[a](there) [b](gone) [c](https://example.org/gone) [d](#part)")
        #expect(Tidiness.deadLinks([links]) { $0 == "there" } == ["README.md:1: gone is not there"])
        #expect(Tidiness.unexplainedScripts([file("deploy/a", "#!/bin/sh\nset -e\n")]).count == 1)
        #expect(Tidiness.unexplainedScripts([file("deploy/a", "#!/bin/sh\n# deploy/a: sings\n")]) == [])
    }
}
