import JSON

/// How problems are written out.
public enum DiagnosticFormat: String, Sendable, CaseIterable {
    /// For people: place, message, the line and a caret.
    case text
    /// For programs: one array of objects.
    case json
    /// SARIF 2.1.0, which code review tools read.
    case sarif
    /// Workflow commands, which GitHub shows beside the changed lines.
    case github

    /// The problems in file order. Text is one paragraph after the other; empty when there are none.
    public func render(_ diagnostics: some Sequence<Diagnostic>, style: TextStyle = .plain) -> String {
        let diagnostics = diagnostics.inFileOrder()
        return switch self {
        case .text: diagnostics.map { DiagnosticDrawing($0, style: style).text }.joined()
        case .json: jsonText(diagnostics)
        case .sarif: sarifText(diagnostics)
        case .github: diagnostics.map(workflowCommand).joined()
        }
    }
}

// MARK: JSON

private func jsonText(_ diagnostics: [Diagnostic]) -> String {
    var writer = JSONWriter(indentation: 2)
    writer.array { writer in
        for diagnostic in diagnostics {
            writer.object { writer in
                if let name = diagnostic.source.name { writer.member("file", name) }
                writer.member("line", diagnostic.start.line)
                writer.member("column", diagnostic.start.column)
                writer.member("endLine", diagnostic.end.line)
                writer.member("endColumn", diagnostic.end.column)
                writer.member("severity", diagnostic.severity.rawValue)
                writer.member("code", diagnostic.code)
                writer.member("message", diagnostic.message)
                if let help = diagnostic.help { writer.member("help", help) }
            }
        }
    }
    return writer.text + "\n"
}

// MARK: SARIF

private func sarifText(_ diagnostics: [Diagnostic]) -> String {
    var writer = JSONWriter(indentation: 2)
    writer.object { writer in
        writer.member("$schema", "https://json.schemastore.org/sarif-2.1.0.json")
        writer.member("version", "2.1.0")
        writer.member("runs") { writer in
            writer.array { writer in
                writer.object { writer in
                    writer.member("tool") { tool(&$0, diagnostics) }
                    writer.member("columnKind", "unicodeCodePoints")
                    writer.member("results") { writer in
                        writer.array { writer in
                            for diagnostic in diagnostics {
                                result(&writer, diagnostic)
                            }
                        }
                    }
                }
            }
        }
    }
    return writer.text + "\n"
}

private func tool(_ writer: inout JSONWriter, _ diagnostics: [Diagnostic]) {
    writer.object { writer in
        writer.member("driver") { writer in
            writer.object { writer in
                writer.member("name", "medic")
                writer.member("rules") { writer in
                    writer.array { writer in
                        for code in Set(diagnostics.map(\.code)).sorted() {
                            writer.object { $0.member("id", code) }
                        }
                    }
                }
            }
        }
    }
}

private func result(_ writer: inout JSONWriter, _ diagnostic: Diagnostic) {
    writer.object { writer in
        writer.member("ruleId", diagnostic.code)
        writer.member("level", diagnostic.severity == .information ? "note" : diagnostic.severity.rawValue)
        writer.member("message") { writer in
            writer.object { $0.member("text", diagnostic.messageWithHelp(separator: ": ")) }
        }
        writer.member("locations") { writer in
            writer.array { writer in
                writer.object { writer in
                    writer.member("physicalLocation") { location(&$0, diagnostic) }
                }
            }
        }
    }
}

private func location(_ writer: inout JSONWriter, _ diagnostic: Diagnostic) {
    writer.object { writer in
        writer.member("artifactLocation") { writer in
            writer.object { $0.member("uri", percentEncoded(diagnostic.source.name ?? "expression")) }
        }
        writer.member("region") { writer in
            writer.object { writer in
                writer.member("startLine", diagnostic.start.line)
                writer.member("startColumn", diagnostic.start.column)
                writer.member("endLine", diagnostic.end.line)
                writer.member("endColumn", diagnostic.end.column)
            }
        }
    }
}

/// A path as a URI reference.
private func percentEncoded(_ path: String) -> String {
    var result = ""
    for byte in path.utf8 {
        let scalar = Unicode.Scalar(byte)
        let isLetterOrDigit = scalar.isASCII && scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
        if isLetterOrDigit || "-._~/".unicodeScalars.contains(scalar) {
            result.unicodeScalars.append(scalar)
        } else {
            result += percent(byte)
        }
    }
    return result
}

private func percent(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return (byte < 16 ? "%0" : "%") + digits
}

// MARK: GitHub

private func workflowCommand(_ diagnostic: Diagnostic) -> String {
    let command =
        switch diagnostic.severity {
        case .error: "error"
        case .warning: "warning"
        case .information: "notice"
        }
    var properties: [String] = []
    if let name = diagnostic.source.name { properties.append("file=" + escaped(name, isProperty: true)) }
    properties.append("line=\(diagnostic.start.line)")
    properties.append("endLine=\(diagnostic.end.line)")
    // Columns mean something to GitHub only within one line; the last one counts in.
    if diagnostic.start.line == diagnostic.end.line {
        properties.append("col=\(diagnostic.start.column)")
        properties.append("endColumn=\(max(diagnostic.start.column, diagnostic.end.column - 1))")
    }
    properties.append("title=" + escaped(diagnostic.code, isProperty: true))
    let message = escaped(diagnostic.messageWithHelp(separator: "\n"), isProperty: false)
    return "::\(command) \(properties.joined(separator: ","))::\(message)\n"
}

private func escaped(_ text: String, isProperty: Bool) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "%", "\r", "\n": result += percent(UInt8(truncatingIfNeeded: scalar.value))
        case ":", ",":
            isProperty
                ? result += percent(UInt8(truncatingIfNeeded: scalar.value)) : result.unicodeScalars.append(scalar)
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}

extension Diagnostic {
    fileprivate func messageWithHelp(separator: String) -> String {
        help.map { message + separator + $0 } ?? message
    }
}
