// medic-fuzz TARGET [libFuzzer's options] [FOLDER...]; without a target, a list of them.
// The copies of the arguments live as long as the process.
import CFuzzer
import Glibc

let arguments = CommandLine.arguments
let target = FuzzTarget.all.first { $0.name == arguments.dropFirst().first }
if target == nil {
    for target in FuzzTarget.all { print("\(target.name)\t\(target.inputMax)\t\(target.claim)") }
    exit(arguments.count == 1 ? 0 : 2)
}

nonisolated(unsafe) var pointers =
    unsafe (arguments.prefix(1) + arguments.dropFirst(2)).map { unsafe strdup($0) } + [nil]
var count = unsafe Int32(pointers.count - 1)
unsafe pointers.withUnsafeMutableBufferPointer { buffer in
    var start = buffer.baseAddress
    let status = unsafe LLVMFuzzerRunDriver(&count, &start) { bytes, size in
        unsafe target?.test(Array(UnsafeBufferPointer(start: bytes, count: size))[...])
        return 0
    }
    exit(status)
}
