import HTTPServer
import JSON

/// The description of medic's own API for programs that make clients from it (OpenAPI 3.1).
struct OpenAPI {
    /// One thing that can be asked for.
    struct Operation {
        let method: Route.Method
        let path: String
        let summary: String
        /// Names and what they are for; those in braces in the path need not be named.
        var parameters: [(name: String, about: String)] = []
        var isCommand = false
        var answers = "application/json"
    }

    static func document(version: String) -> JSONValue {
        .tree { tree in
            tree.add("openapi", text: "3.1.0")
            tree.add(
                "info",
                .tree { tree in
                    tree.add("title", text: "medic")
                    tree.add("version", text: version)
                    tree.add("description", text: about)
                }
            )
            tree.add("paths", paths)
            tree.add("components", components)
        }
    }

    private static let about = """
        Operating medic: runs, playbooks, healing, what happened, units and alerts. Beside it the agent answers Prometheus's API under /api/v1 \
        and Alertmanager's under /api/v2, whose documents tell the details. Of medic's own: times are RFC 3339, spans are seconds, and a member that has nothing to say is left out. Lists \
        take 'limit' and 'after', and give 'next' when there is more. Commands take a form, need an operator, and are recorded.
        """

    private static var paths: JSONValue {
        var members: [JSONObject.Member] = []
        for operation in operations {
            let described = JSONObject.Member(
                name: operation.method.rawValue.lowercased(),
                value: tree(operation)
            )
            if let place = members.firstIndex(where: { $0.name == operation.path }) {
                var object = members[place].value.object ?? JSONObject()
                object[described.name] = described.value
                members[place].value = .object(object)
            } else {
                members.append(JSONObject.Member(name: operation.path, value: .object(JSONObject([described]))))
            }
        }
        return .object(JSONObject(members))
    }

    private static func tree(_ operation: Operation) -> JSONValue {
        .tree { tree in
            tree.add("operationId", text: identity(of: operation))
            tree.add("summary", text: operation.summary)
            if operation.isCommand {
                tree.add("description", text: "Needs an operator; refuses other sites; is recorded.")
            }
            let inPath = pathParameters(operation.path).map { parameter($0, "path", "", isRequired: true) }
            let isForm = operation.method == .post
            let inQuery = isForm ? [] : operation.parameters.map { parameter($0.name, "query", $0.about) }
            tree.add("parameters", list: inPath + inQuery)
            if isForm, !operation.parameters.isEmpty { tree.add("requestBody", form(operation.parameters)) }
            tree.add("responses", responses(operation))
        }
    }

    private static func identity(of operation: Operation) -> String {
        let parts = operation.path.split { !$0.isLetter && !$0.isNumber }
        // The same word is asked of several APIs: medic's own names stand alone.
        let words =
            operation.path.hasPrefix("/medic/v1/")
            ? Array(parts.dropFirst(2)) : operation.path.hasPrefix("/api/") ? parts : ["agent"] + parts
        let name = words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        return operation.method.rawValue.lowercased() + name
    }

    private static func pathParameters(_ path: String) -> [String] {
        path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
    }

    private static let text: JSONValue = ["type": "string"]

    private static func parameter(_ name: String, _ place: String, _ about: String, isRequired: Bool = false)
        -> JSONValue
    {
        .tree { tree in
            tree.add("name", text: name)
            tree.add("in", text: place)
            tree.add("description", words: about)
            if isRequired { tree.add("required", flag: true) }
            tree.add("schema", text)
        }
    }

    private static func form(_ parameters: [(name: String, about: String)]) -> JSONValue {
        let properties = parameters.map { parameter in
            JSONObject.Member(
                name: parameter.name,
                value: ["type": "string", "description": .string(parameter.about)]
            )
        }
        return [
            "content": [
                "application/x-www-form-urlencoded": [
                    "schema": ["type": "object", "properties": .object(JSONObject(properties))]
                ]
            ]
        ]
    }

    private static func responses(_ operation: Operation) -> JSONValue {
        let schema: JSONValue =
            operation.answers == "application/json" ? ["$ref": "#/components/schemas/Answer"] : ["type": "string"]
        return .tree { tree in
            tree.add(
                "200",
                .tree { tree in
                    tree.add("description", text: "the answer")
                    tree.add("content", .tree { $0.add(operation.answers, ["schema": schema]) })
                }
            )
            tree.add("default", ["$ref": "#/components/responses/Refusal"])
        }
    }

    private static let components: JSONValue = [
        "schemas": [
            "Answer": [
                "type": "object", "required": ["status", "data"],
                "properties": ["status": ["const": "success"], "data": ["type": "object"]],
            ],
            "Refusal": [
                "type": "object", "required": ["status", "errorType", "error"],
                "properties": [
                    "status": ["const": "error"], "errorType": ["type": "string"], "error": ["type": "string"],
                ],
            ],
        ],
        "responses": [
            "Refusal": [
                "description": "why there is no answer",
                "content": ["application/json": ["schema": ["$ref": "#/components/schemas/Refusal"]]],
            ]
        ],
    ]
}

/// Answers with the description of the API.
struct OpenAPIRoutes: Sendable {
    private let version: String

    init(version: String) {
        self.version = version
    }

    var routes: [Route] {
        [
            Route([.get], "/medic/v1/openapi.json") { _ in
                HTTPServer.Reply(
                    type: "application/json",
                    body: .bytes(Array(OpenAPI.document(version: version).description.utf8))
                )
            }
        ]
    }
}
