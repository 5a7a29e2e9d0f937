internal import CYAML

/// What libyaml reads from a text, one event at a time.
///
/// All use of libyaml is in this file. The parser and the bytes it reads live on the heap for as long as the reader, which
/// frees them; each event's memory is copied and freed before it is handed out. That is why the unsafe calls here are sound.
@safe final class EventReader {
    enum Event {
        case documentStart
        case alias(name: String)
        case scalar(YAMLScalar)
        case sequenceStart(isFlow: Bool)
        case mappingStart(isFlow: Bool)
        /// The end of a sequence or a mapping.
        case collectionEnd
        case documentEnd
        case streamEnd
    }

    struct Placed {
        let event: Event
        let anchor: String?
        let tag: String?
        /// In bytes of the text given. Where an anchor or a tag is written, it begins at that.
        let range: Range<Int>
    }

    /// Why the text is not YAML, in libyaml's words.
    struct Failure: Error {
        let problem: String
        let context: String?
        let offset: Int
        /// Where the construct began that could not be finished.
        let contextOffset: Int?
    }

    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let bytes: UnsafeMutableBufferPointer<UInt8>
    private let offsets: CharacterOffsets

    /// `text` must be UTF-8 without byte order mark. Nil when memory is out.
    init?(_ text: [UInt8]) {
        unsafe parser = .allocate(capacity: 1)
        unsafe bytes = .allocate(capacity: text.count)
        _ = unsafe bytes.initialize(from: text)
        offsets = CharacterOffsets(text)
        guard unsafe yaml_parser_initialize(parser) == 1 else {
            unsafe parser.deallocate()
            unsafe bytes.deallocate()
            return nil
        }
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        unsafe yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    deinit {
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
        unsafe bytes.deallocate()
    }

    func next() throws(Failure) -> Placed {
        while true {
            var event = unsafe yaml_event_t()
            guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw failure() }
            defer { unsafe yaml_event_delete(&event) }
            // The stream's start says nothing; there is an event after it.
            guard unsafe event.type != YAML_STREAM_START_EVENT else { continue }
            return unsafe placed(event)
        }
    }

    private func placed(_ event: yaml_event_t) -> Placed {
        let start = unsafe offsets.byte(ofCharacter: event.start_mark.index)
        let range = unsafe start..<max(start, offsets.byte(ofCharacter: event.end_mark.index))
        switch unsafe event.type {
        case YAML_DOCUMENT_START_EVENT: return Placed(event: .documentStart, anchor: nil, tag: nil, range: range)
        case YAML_DOCUMENT_END_EVENT: return Placed(event: .documentEnd, anchor: nil, tag: nil, range: range)
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
            return Placed(event: .collectionEnd, anchor: nil, tag: nil, range: range)
        case YAML_ALIAS_EVENT:
            let name = unsafe Self.text(event.data.alias.anchor) ?? ""
            return Placed(event: .alias(name: name), anchor: nil, tag: nil, range: range)
        case YAML_SCALAR_EVENT:
            return unsafe scalar(event.data.scalar, range)
        case YAML_SEQUENCE_START_EVENT:
            let data = unsafe event.data.sequence_start
            return unsafe Placed(
                event: .sequenceStart(isFlow: data.style == YAML_FLOW_SEQUENCE_STYLE),
                anchor: Self.text(data.anchor),
                tag: Self.text(data.tag),
                range: range
            )
        case YAML_MAPPING_START_EVENT:
            let data = unsafe event.data.mapping_start
            return unsafe Placed(
                event: .mappingStart(isFlow: data.style == YAML_FLOW_MAPPING_STYLE),
                anchor: Self.text(data.anchor),
                tag: Self.text(data.tag),
                range: range
            )
        default: return Placed(event: .streamEnd, anchor: nil, tag: nil, range: range)
        }
    }

    private func scalar(_ data: yaml_event_s.__Unnamed_union_data.__Unnamed_struct_scalar, _ range: Range<Int>)
        -> Placed
    {
        let style: YAMLScalar.Style =
            switch unsafe data.style {
            case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
            case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
            case YAML_LITERAL_SCALAR_STYLE: .literal
            case YAML_FOLDED_SCALAR_STYLE: .folded
            default: .plain
            }
        // The length counts: a quoted scalar may hold a NUL.
        let text = unsafe String(decoding: UnsafeBufferPointer(start: data.value, count: data.length), as: UTF8.self)
        return unsafe Placed(
            event: .scalar(YAMLScalar(text: text, style: style)),
            anchor: Self.text(data.anchor),
            tag: Self.text(data.tag),
            range: range
        )
    }

    private func failure() -> Failure {
        let parser = unsafe parser.pointee
        let problem = unsafe parser.problem.map { unsafe String(cString: $0) } ?? "out of memory"
        // The reader of bytes tells an offset in bytes, scanner and grammar a mark.
        let offset =
            unsafe parser.error == YAML_READER_ERROR
            ? parser.problem_offset : offsets.byte(ofCharacter: parser.problem_mark.index)
        return unsafe Failure(
            problem: problem,
            context: parser.context.map { unsafe String(cString: $0) },
            offset: min(offset, bytes.count),
            contextOffset: parser.context == nil ? nil : offsets.byte(ofCharacter: parser.context_mark.index)
        )
    }

    private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        guard let pointer = unsafe pointer else { return nil }
        return unsafe String(cString: pointer)
    }
}
