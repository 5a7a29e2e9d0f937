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
    .systemLibrary(
        name: "CSQLite",
        path: "Sources/C/CSQLite",
        pkgConfig: "sqlite3",
        providers: [.apt(["libsqlite3-dev"])]
    ),
    .systemLibrary(
        name: "CSystemd",
        path: "Sources/C/CSystemd",
        pkgConfig: "libsystemd",
        providers: [.apt(["libsystemd-dev"])]
    ),
    .systemLibrary(
        name: "CMicrohttpd",
        path: "Sources/C/CMicrohttpd",
        pkgConfig: "libmicrohttpd",
        providers: [.apt(["libmicrohttpd-dev"])]
    ),
    .systemLibrary(name: "CCrypt", path: "Sources/C/CCrypt"),
    .systemLibrary(name: "CZlib", path: "Sources/C/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CLinux", path: "Sources/C/CLinux"),
    .systemLibrary(name: "CMemory", path: "Sources/C/CMemory"),
    .systemLibrary(name: "CClock", path: "Sources/C/CClock"),
    .target(name: "CCurl", path: "Sources/C/CCurl"),
    .target(name: "CPostgres", path: "Sources/C/CPostgres"),
    .target(name: "CKernel", path: "Sources/C/CKernel"),
]

let benchmarkDoors: [Target] = [
    .target(name: "CAllocations", path: "Sources/C/CAllocations")
]

let platform: [Target] = [
    room("Mathematics", at: "Platform/Mathematics"),
    room("RegularExpressions", at: "Platform/RegularExpressions", uses: ["CRE2"]),
    room("Files", at: "Platform/Files", uses: ["CKernel"]),
    room("YAML", at: "Platform/YAML", uses: ["CYAML", "Diagnostics"]),
    room("JSON", at: "Platform/JSON"),
    room("Terminal", at: "Platform/Terminal", uses: ["Files"]),
    room("Secrets", at: "Platform/Secrets"),
    room("Instruments", at: "Platform/Instruments"),
    room("EventLoop", at: "Platform/EventLoop", uses: ["CLinux"]),
    room("Logging", at: "Platform/Logging", uses: ["EventLoop", "JSON"]),
    room("Readiness", at: "Platform/Readiness"),
    room("Footprint", at: "Platform/Footprint", uses: ["CMemory", "Files"]),
    room("KernelClock", at: "Platform/KernelClock", uses: ["CClock"]),
    room("Processes", at: "Platform/Processes", uses: ["CKernel", "CLinux", "EventLoop", "Files"]),
    room("Compression", at: "Platform/Compression", uses: ["CZlib"]),
    room("SQLite", at: "Platform/SQLite", uses: ["CSQLite"]),
    room("SystemBus", at: "Platform/SystemBus", uses: ["CSystemd", "EventLoop", "Logging"]),
    room("Journal", at: "Platform/Journal", uses: ["CSystemd", "EventLoop", "Logging"]),
    room("Resolver", at: "Platform/Resolver", uses: ["EventLoop", "Files"]),
    room("HTTPSettings", at: "Platform/HTTPSettings", uses: ["Secrets"]),
    room(
        "HTTPClient",
        at: "Platform/HTTPClient",
        uses: ["CCurl", "EventLoop", "Files", "HTTPSettings", "Instruments", "JSON", "Logging", "Secrets"]
    ),
    room(
        "HTTPServer",
        at: "Platform/HTTPServer",
        uses: ["CMicrohttpd", "Compression", "EventLoop", "Instruments", "Logging"]
    ),
    room("Passwords", at: "Platform/Passwords", uses: ["CCrypt"]),
    room("Postgres", at: "Platform/Postgres", uses: ["CPostgres", "EventLoop"]),
    room("Sockets", at: "Platform/Sockets", uses: ["EventLoop"]),
    room("Redis", at: "Platform/Redis", uses: ["EventLoop", "Sockets"]),
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
    room(
        "Proving",
        uses: [
            "Alerting", "Configuration", "Diagnostics", "Metrics", "Playbooks", "PromQL", "RegularExpressions", "Rules",
            "Storage", "YAML",
        ]
    ),
    room("Answers", uses: ["Diagnostics", "JSON", "Metrics", "PromQL"]),
    room("Relabelling", uses: ["Diagnostics", "Metrics", "RegularExpressions", "YAML"]),
    room(
        "Playbooks",
        uses: [
            "Diagnostics", "JSON", "Metrics", "PromQL", "RegularExpressions", "Rules", "Secrets", "Storage",
            "Templates",
            "YAML",
        ]
    ),
    room("Alerting", uses: ["Diagnostics", "JSON", "Metrics", "RegularExpressions", "Templates", "YAML"]),
    room(
        "Configuration",
        uses: [
            "Alerting", "Diagnostics", "HTTPSettings", "JSON", "Metrics", "Playbooks", "RegularExpressions",
            "Relabelling", "Rules", "Secrets", "Templates", "YAML",
        ]
    ),
]

let doing: [Target] = [
    room(
        "History",
        uses: ["EventLoop", "Files", "Instruments", "JSON", "Logging", "Metrics", "Postgres", "Rules", "SQLite"]
    ),
    room("Systemd", uses: ["EventLoop", "Logging", "SystemBus"]),
    room(
        "Scraping",
        uses: [
            "Configuration", "Diagnostics", "EventLoop", "Files", "HTTPClient", "HTTPSettings", "Instruments", "JSON",
            "Logging", "Metrics", "Relabelling", "Resolver", "Secrets", "Storage", "YAML",
        ]
    ),
    room(
        "Collectors",
        uses: [
            "Configuration", "EventLoop", "Files", "HTTPClient", "HTTPSettings", "Instruments", "JSON",
            "KernelClock",
            "Journal",
            "Logging",
            "Metrics", "Postgres", "Redis", "RegularExpressions", "Resolver", "Secrets", "Sockets", "Storage",
            "SystemBus", "Systemd",
        ]
    ),
    room(
        "Actions",
        uses: [
            "Configuration", "Diagnostics", "EventLoop", "Files", "HTTPClient", "HTTPSettings", "JSON", "Journal",
            "Logging",
            "Metrics", "Playbooks", "Postgres", "Processes", "Redis", "RegularExpressions", "Secrets", "Sockets",
            "SystemBus", "Systemd", "YAML",
        ]
    ),
    room(
        "Receivers",
        uses: [
            "Alerting", "Configuration", "Diagnostics", "EventLoop", "Files", "HTTPClient", "HTTPSettings",
            "Instruments", "JSON", "Logging", "Metrics", "Processes", "Secrets", "Templates",
        ]
    ),
    .target(name: "PageFiles", path: "Sources/PageFiles", exclude: ["Resources"]),
    room(
        "Web",
        uses: [
            "Alerting", "Answers", "Compression", "Configuration", "Diagnostics", "EventLoop", "Files", "History",
            "HTTPServer", "Instruments", "JSON", "Logging", "Metrics", "PageFiles", "Passwords", "Playbooks", "PromQL",
            "Rules", "Secrets", "Storage", "YAML",
        ]
    ),
    room(
        "Agent",
        uses: [
            "Actions", "Alerting", "Answers", "Collectors", "Compression", "Configuration", "Diagnostics", "EventLoop",
            "Files", "Footprint", "History", "HTTPClient", "HTTPServer", "HTTPSettings", "Instruments", "JSON",
            "Journal",
            "Logging", "Metrics", "Playbooks", "Processes", "PromQL", "Readiness", "Receivers", "RegularExpressions",
            "Relabelling", "Rules", "SampleLog", "Scraping",
            "Secrets",
            "Storage", "SystemBus", "Systemd", "Templates", "Web", "YAML",
        ]
    ),
    room("SampleLog", uses: ["Files", "Metrics", "Storage"]),
    .executableTarget(
        name: "medic",
        dependencies: [
            "Actions", "Agent", "Alerting", "Answers", "Configuration", "Diagnostics", "EventLoop", "Files",
            "History", "HTTPClient", "HTTPServer", "HTTPSettings", "Instruments", "JSON", "Logging", "Metrics",
            "Playbooks", "Processes", "PromQL", "Proving", "RegularExpressions", "Rules", "SampleLog", "Secrets",
            "Storage", "SystemBus", "Systemd", "Templates", "Terminal", "YAML",
        ],
        path: "Sources/medic",
        swiftSettings: strict
    ),
    .executableTarget(
        name: "medic-bench",
        dependencies: [
            "CAllocations", "Diagnostics", "Files", "History", "Instruments", "JSON", "Logging", "Metrics", "PromQL",
            "Rules", "SampleLog", "Storage", "YAML",
        ],
        path: "Sources/Benchmarks",
        swiftSettings: strict
    ),
]

let proofs: [Target] = [
    .target(
        name: "TestServers",
        dependencies: ["EventLoop", "Processes", "Sockets"],
        path: "Tests/Servers",
        swiftSettings: strict
    ),
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
    tests(of: "History", uses: ["CSQLite", "Files", "Instruments", "JSON", "Logging", "Metrics", "Rules", "SQLite"]),
    tests(of: "Answers", uses: ["JSON", "Metrics", "PromQL"]),
    tests(of: "Secrets", at: "Platform/Secrets"),
    tests(of: "Instruments", at: "Platform/Instruments"),
    tests(of: "EventLoop", at: "Platform/EventLoop"),
    tests(of: "Logging", at: "Platform/Logging", uses: ["JSON"]),
    tests(of: "Readiness", at: "Platform/Readiness"),
    tests(of: "Footprint", at: "Platform/Footprint"),
    tests(of: "Processes", at: "Platform/Processes", uses: ["EventLoop"]),
    tests(of: "Compression", at: "Platform/Compression"),
    tests(of: "SQLite", at: "Platform/SQLite"),
    tests(of: "SystemBus", at: "Platform/SystemBus", uses: ["CSystemd", "EventLoop", "Logging"]),
    tests(of: "Journal", at: "Platform/Journal", uses: ["EventLoop", "Logging", "TestServers"]),
    tests(
        of: "HTTPClient",
        at: "Platform/HTTPClient",
        uses: ["EventLoop", "HTTPSettings", "Instruments", "Logging", "Secrets", "TestServers"]
    ),
    tests(of: "HTTPServer", at: "Platform/HTTPServer", uses: ["Compression", "Instruments", "Logging", "TestServers"]),
    tests(of: "Passwords", at: "Platform/Passwords"),
    tests(of: "Postgres", at: "Platform/Postgres", uses: ["EventLoop", "Processes", "TestServers"]),
    tests(of: "Redis", at: "Platform/Redis", uses: ["EventLoop", "Processes", "Sockets", "TestServers"]),
    tests(of: "Sockets", at: "Platform/Sockets", uses: ["EventLoop"]),
    tests(of: "Resolver", at: "Platform/Resolver", uses: ["EventLoop"]),
    tests(of: "Relabelling", uses: ["Diagnostics", "Metrics", "YAML"]),
    tests(
        of: "Playbooks",
        uses: [
            "Diagnostics", "JSON", "Metrics", "PromQL", "RegularExpressions", "Rules", "Storage", "Templates", "YAML",
        ],
        exclude: ["Language/Files"]
    ),
    tests(of: "Alerting", uses: ["Diagnostics", "JSON", "Metrics", "Templates", "YAML"]),
    tests(
        of: "Configuration",
        uses: [
            "Alerting", "Diagnostics", "HTTPSettings", "JSON", "Metrics", "Playbooks", "Relabelling", "Secrets", "YAML",
        ]
    ),
    tests(of: "Systemd", uses: ["EventLoop", "Logging", "SystemBus", "TestServers"]),
    tests(
        of: "Scraping",
        uses: [
            "Configuration", "Diagnostics", "EventLoop", "HTTPClient", "HTTPSettings", "Instruments", "Logging",
            "Metrics", "Relabelling", "Resolver", "Secrets", "Storage", "TestServers", "YAML",
        ]
    ),
    tests(
        of: "Collectors",
        uses: [
            "Configuration", "Diagnostics", "EventLoop", "HTTPClient", "HTTPSettings", "Instruments", "Journal",
            "Logging", "Metrics", "Secrets",
            "Storage", "SystemBus", "Systemd", "TestServers", "YAML",
        ]
    ),
    tests(
        of: "Actions",
        uses: [
            "Configuration", "Diagnostics", "EventLoop", "Files", "HTTPClient", "Instruments", "JSON", "Logging",
            "Metrics", "Playbooks", "Postgres", "Processes", "Redis", "Sockets", "SystemBus", "Systemd", "TestServers",
            "YAML",
        ]
    ),
    tests(
        of: "Receivers",
        uses: [
            "Alerting", "Configuration", "Diagnostics", "EventLoop", "HTTPClient", "HTTPSettings", "Instruments",
            "JSON",
            "Logging", "Metrics", "Secrets", "Templates", "TestServers", "YAML",
        ],
        exclude: ["Golden"]
    ),
    tests(
        of: "Web",
        uses: [
            "Alerting", "Compression", "Configuration", "Diagnostics", "HTTPServer", "Instruments", "JSON", "Logging",
            "Metrics",
            "PromQL", "Rules", "Secrets", "Storage", "YAML",
        ]
    ),
    tests(
        of: "Agent",
        uses: [
            "Alerting", "Configuration", "Diagnostics", "EventLoop", "History", "HTTPClient", "Instruments", "JSON",
            "Logging", "Metrics", "Playbooks", "Postgres", "Processes", "PromQL", "Rules", "Storage", "TestServers",
            "Web", "YAML",
        ]
    ),
    tests(
        of: "Proving",
        uses: [
            "Actions", "Diagnostics", "Metrics", "Playbooks", "PromQL", "RegularExpressions", "Rules", "Storage",
            "YAML",
        ],
        exclude: ["RuleTests/Fixtures"]
    ),
    .testTarget(
        name: "CommandLineTests",
        dependencies: [
            "Diagnostics", "History", "Instruments", "JSON", "Logging", "Metrics", "PromQL", "Terminal", "TestServers",
            "medic",
        ],
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
            "Alerting", "CFuzzer", "Configuration", "Diagnostics", "Files", "JSON", "Metrics", "Playbooks", "PromQL",
            "RegularExpressions", "Rules",
            "SampleLog", "Storage", "Templates", "YAML",
        ],
        path: "Tests/Fuzz/Harness",
        swiftSettings: strict
    ),
]
let isFuzzing = Context.environment["MEDIC_FUZZ"] != nil

/// The simulation is a test like any other, and an optimised program of its own where Tests/Simulation/run asks for it.
let isSimulating = Context.environment["MEDIC_SIMULATE"] != nil
let simulation: [Target] = [
    isSimulating
        ? .executableTarget(
            name: "medic-simulate",
            dependencies: ["JSON", "Metrics", "Playbooks"],
            path: "Tests/Simulation",
            exclude: ["run", "SimulationTests.swift"],
            swiftSettings: strict
        )
        : .testTarget(
            name: "SimulationTests",
            dependencies: ["JSON", "Metrics", "Playbooks"],
            path: "Tests/Simulation",
            exclude: ["run", "Command"],
            swiftSettings: strict
        )
]

let package = Package(
    name: "medic",
    targets: doors + benchmarkDoors + platform + deciding + doing + proofs + simulation + (isFuzzing ? fuzzers : []),
    swiftLanguageModes: [.v6]
)
