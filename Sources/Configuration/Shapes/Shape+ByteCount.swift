public import Metrics
public import YAML

extension Shape where Value == ByteCount {
    /// A size such as `64MB`; a bare number counts bytes.
    public static var byteCount: Shape<ByteCount> {
        Shape<String>.string.narrowed(
            to: "a size such as 512KB or 10MiB",
            help: "units are B, KB, MB, GB, TB, each 1024 of the one before"
        ) { ByteCount(text: $0) }
    }
}
