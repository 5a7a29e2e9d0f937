// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
]

/// A room of the house: a target in a folder of its own name, and what it may use. Arrows point down only.
func room(_ name: String, at path: String? = nil, uses: [String] = []) -> Target {
    .target(
        name: name,
        dependencies: uses.map { .byName(name: $0) },
        path: "Sources/\(path ?? name)",
        swiftSettings: strict
    )
}

/// The tests of a room, in a folder named after it; `exclude` names folders of files that tests read.
func tests(of name: String, at path: String? = nil, uses: [String] = [], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: ([name] + uses).map { .byName(name: $0) },
        path: "Tests/\(path ?? name)",
        exclude: exclude,
        swiftSettings: strict
    )
}

let doors: [Target] = [
    .target(
        name: "CRE2",
        path: "Sources/C/CRE2",
        cxxSettings: [.unsafeFlags(["-std=c++17"])],
        linkerSettings: [.linkedLibrary("re2"), .linkedLibrary("stdc++")]
    ),
    .systemLibrary(name: "CYAML", path: "Sources/C/CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
]

let benchmarkDoors: [Target] = [
    .target(name: "CAllocations", path: "Sources/C/CAllocations")
]

let platform: [Target] = [
    room("Mathematics", at: "Platform/Mathematics"),
    room("RegularExpressions", at: "Platform/RegularExpressions", uses: ["CRE2"]),
    room("Files", at: "Platform/Files"),
    room("YAML", at: "Platform/YAML", uses: ["CYAML", "Diagnostics"]),
    room("JSON", at: "Platform/JSON"),
    room("Terminal", at: "Platform/Terminal", uses: ["Files"]),
]

let deciding: [Target] = [
    room("Diagnostics", uses: ["JSON"]),
    room("Metrics", uses: ["RegularExpressions"]),
    room("Storage", uses: ["Metrics", "RegularExpressions"]),
    room("PromQL", uses: ["Diagnostics", "JSON", "Mathematics", "Metrics", "RegularExpressions", "Storage"]),
    room("Templates", uses: ["Diagnostics", "Metrics", "RegularExpressions"]),
    room(
        "Rules",
        uses: ["Diagnostics", "JSON", "Metrics", "PromQL", "RegularExpressions", "Storage", "Templates", "YAML"]
    ),
    room("Proving", uses: ["Diagnostics", "Metrics", "PromQL", "RegularExpressions", "Rules", "Storage", "YAML"]),
    room("Answers", uses: ["Diagnostics", "JSON", "Metrics", "PromQL"]),
]

let doing: [Target] = [
    room("History", uses: ["Files", "JSON", "Rules"]),
    room("SampleLog", uses: ["Files", "Metrics", "Storage"]),
    .executableTarget(
        name: "medic",
        dependencies: [
            "Answers", "Diagnostics", "Files", "JSON", "Metrics", "PromQL", "Proving", "RegularExpressions", "Rules",
            "SampleLog", "Storage", "Templates", "Terminal", "YAML",
        ],
        path: "Sources/medic",
        swiftSettings: strict
    ),
    .executableTarget(
        name: "medic-bench",
        dependencies: [
            "CAllocations", "Diagnostics", "Files", "JSON", "Metrics", "PromQL", "Rules", "SampleLog", "Storage",
            "YAML",
        ],
        path: "Sources/Benchmarks",
        swiftSettings: strict
    ),
]

let proofs: [Target] = [
    tests(of: "RegularExpressions", at: "Platform/RegularExpressions"),
    tests(of: "Files", at: "Platform/Files"),
    tests(of: "YAML", at: "Platform/YAML", uses: ["Diagnostics"]),
    tests(of: "JSON", at: "Platform/JSON"),
    tests(of: "Terminal", at: "Platform/Terminal"),
    tests(of: "Diagnostics", uses: ["JSON"]),
    tests(of: "Metrics"),
    tests(of: "Storage", uses: ["Metrics", "RegularExpressions"]),
    tests(of: "SampleLog", uses: ["Files", "Metrics", "Storage"]),
    tests(of: "PromQL", uses: ["Diagnostics", "JSON", "Metrics", "RegularExpressions", "Storage"]),
    tests(of: "Templates", uses: ["Diagnostics", "Metrics"]),
    tests(of: "Rules", uses: ["Diagnostics", "Metrics", "PromQL", "Storage", "Templates", "YAML"]),
    .testTarget(name: "HouseTests", path: "Tests/House", swiftSettings: strict),
    tests(of: "History", uses: ["Metrics", "Rules"]),
    tests(of: "Answers", uses: ["JSON", "Metrics", "PromQL"]),
    tests(
        of: "Proving",
        uses: ["Diagnostics", "Metrics", "PromQL", "RegularExpressions", "Rules", "Storage", "YAML"],
        exclude: ["RuleTests/Fixtures"]
    ),
    .testTarget(
        name: "CommandLineTests",
        dependencies: ["medic"],
        path: "Tests/CommandLine",
        exclude: ["RuleFiles", "Scenarios"],
        swiftSettings: strict
    ),
]

/// The fuzzers need a runtime of their own, so they are part of the package only when Tests/Fuzz/run asks for them.
let fuzzers: [Target] = [
    .systemLibrary(name: "CFuzzer", path: "Tests/Fuzz/Door"),
    .executableTarget(
        name: "medic-fuzz",
        dependencies: [
            "CFuzzer", "Diagnostics", "Files", "JSON", "Metrics", "PromQL", "RegularExpressions", "Rules", "SampleLog",
            "Storage", "Templates", "YAML",
        ],
        path: "Tests/Fuzz/Harness",
        swiftSettings: strict
    ),
]
let isFuzzing = Context.environment["MEDIC_FUZZ"] != nil

let package = Package(
    name: "medic",
    targets: doors + benchmarkDoors + platform + deciding + doing + proofs + (isFuzzing ? fuzzers : []),
    swiftLanguageModes: [.v6]
)
