import Configuration
import Metrics
import Storage
import Testing

@testable import Collectors

@Suite struct HostReaderTests {
    let store = SampleStore()

    private func sheet() throws -> SampleSheet { try SampleSheet(store, named: "host", labels: [:]) }

    private func commit(_ sheet: SampleSheet, _ second: Int64 = 1) {
        sheet.commit(at: Timestamp(milliseconds: second * 1_000))
    }

    @Test func `Processors and what the kernel counts are read from one file`() throws {
        let sheet = try sheet()
        let reader = StatReader([.cpu, .stat])
        let text = """
            cpu  300 0 0 0 0 0 0 0 0 0
            cpu0 101 2 3 4 5 6 7 8 9 10
            cpu12 200 0 0 50 0 0 0 0 0 0
            intr 12345 0 0 7
            ctxt 66751388
            btime 1795229158
            processes 466957
            procs_running 26
            procs_blocked 1
            softirq 5 1 2
            """
        reader.read(KernelText(text), sheet)
        commit(sheet)
        #expect(store.value("node_cpu_seconds_total", ["cpu": "0", "mode": "user"]) == 1.01)
        #expect(store.value("node_cpu_seconds_total", ["cpu": "0", "mode": "steal"]) == 0.08)
        #expect(store.value("node_cpu_guest_seconds_total", ["cpu": "0", "mode": "nice"]) == 0.1)
        #expect(store.value("node_cpu_seconds_total", ["cpu": "12", "mode": "idle"]) == 0.5)
        #expect(store.newest("node_cpu_seconds_total").count == 16)
        #expect(store.value("node_intr_total") == 12_345)
        #expect(store.value("node_boot_time_seconds") == 1_795_229_158)
        #expect(store.value("node_forks_total") == 466_957)
        #expect(store.value("node_procs_blocked") == 1)
    }

    @Test func `A processor that goes ends, one that jitters backwards holds, one that starts again counts again`()
        throws
    {
        let sheet = try sheet()
        let reader = StatReader([.cpu])
        reader.read(KernelText("cpu0 1000 0 0 5000 0 0 0 0\ncpu1 7 0 0 0 0 0 0 0\nctxt 9\n"), sheet)
        commit(sheet, 1)
        reader.read(KernelText("cpu0 500 0 0 4999 0 0 0 0\n"), sheet)
        commit(sheet, 2)
        #expect(store.value("node_cpu_seconds_total", ["cpu": "0", "mode": "user"]) == 5)
        #expect(store.value("node_cpu_seconds_total", ["cpu": "0", "mode": "idle"]) == 50)
        #expect(store.value("node_cpu_seconds_total", ["cpu": "1", "mode": "user"]) == nil)
        #expect(store.newest("node_context_switches_total").isEmpty)
        reader.read(KernelText("cpu0 500 0 0 5100 0 0 0 0\ncpu1 8 0 0 0 0 0 0 0\n"), sheet)
        commit(sheet, 3)
        #expect(store.value("node_cpu_seconds_total", ["cpu": "1", "mode": "user"]) == 0.08)
        #expect(store.value("node_cpu_seconds_total", ["cpu": "0", "mode": "idle"]) == 51)
    }

    @Test func `Memory is in bytes, and what is no kilobytes stays a number`() throws {
        let sheet = try sheet()
        let text = "MemTotal:       24684092 kB\nActive(anon):       1908 kB\nHugePages_Total:       3\nBroken line\n"
        MemoryReader().read(KernelText(text), sheet)
        commit(sheet)
        #expect(store.value("node_memory_MemTotal_bytes") == 25_276_510_208)
        #expect(store.value("node_memory_Active_anon_bytes") == 1_953_792)
        #expect(store.value("node_memory_HugePages_Total") == 3)
    }

    @Test func `Of paging only what node_exporter takes is taken`() throws {
        let sheet = try sheet()
        let text = "nr_free_pages 822366\npgpgin 5\npswpout 6\npgfault 7\npgmajfault 8\npgsteal_kswapd 9\noom_kill 10\n"
        PagingReader().read(KernelText(text), sheet)
        commit(sheet)
        #expect(store.value("node_vmstat_oom_kill") == 10)
        #expect(store.value("node_vmstat_pgmajfault") == 8)
        #expect(store.value("node_vmstat_pgfault") == 7)
        #expect(store.value("node_vmstat_pswpout") == 6)
        #expect(store.value("node_vmstat_pgpgin") == 5)
        #expect(store.newest("node_vmstat_pgsteal_kswapd").isEmpty)
        #expect(store.newest("node_vmstat_nr_free_pages").isEmpty)
    }

    @Test func `Disks are read in their units, and partitions are left out`() throws {
        let sheet = try sheet()
        let filter = try DeviceFilter(excluding: HostCollectorSettings().excludedDisks)
        let reader = DeviceReader.disks(filter)
        let text = """
               7       0 loop0 0 0 0 0 0 0 0 0 0 0 0
             259       0 nvme0n1 10 11 12 13000 14 15 16 17 18 19 20 21 22 23 24 25 26 99
             259       1 nvme0n1p1 1 1 1 1 1 1 1 1 1 1 1
               8       0 sda 1 2 3 4 5 6 7 8 9 10 11
            """
        reader.read(KernelText(text), sheet)
        commit(sheet)
        #expect(store.value("node_disk_reads_completed_total", ["device": "nvme0n1"]) == 10)
        #expect(store.value("node_disk_read_bytes_total", ["device": "nvme0n1"]) == 6_144)
        #expect(store.value("node_disk_read_time_seconds_total", ["device": "nvme0n1"]) == 13)
        #expect(store.value("node_disk_io_now", ["device": "nvme0n1"]) == 18)
        #expect(store.value("node_disk_flush_requests_total", ["device": "nvme0n1"]) == 25)
        #expect(store.newest("node_disk_reads_completed_total").count == 2)
        // An older kernel's shorter row.
        #expect(store.value("node_disk_io_time_weighted_seconds_total", ["device": "sda"]) == 0.011)
        #expect(store.newest("node_disk_flush_requests_total").count == 1)
    }

    @Test func `Interfaces are read whatever their names, and end when they go`() throws {
        let sheet = try sheet()
        let reader = DeviceReader.network(try DeviceFilter(excluding: "^lo$"))
        let heading = """
            Inter-|   Receive                                                |  Transmit
             face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed

            """
        let lo = "    lo: 908676329 1884232    0    0    0     0          0         0 1 2 0 0 0 0 0 0\n"
        let eth0 =
            "  eth0:304815149    5840    1    2    3     4          5         6   261924    3220    7    8    9    10       11          12\n"
        let alias = "eth0:1: 7 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
        reader.read(KernelText(heading + lo + eth0 + alias), sheet)
        commit(sheet, 1)
        #expect(store.value("node_network_receive_bytes_total", ["device": "eth0"]) == 304_815_149)
        #expect(store.value("node_network_transmit_carrier_total", ["device": "eth0"]) == 11)
        #expect(store.value("node_network_receive_bytes_total", ["device": "eth0:1"]) == 7)
        #expect(store.newest("node_network_receive_bytes_total").count == 2)
        reader.read(KernelText(heading + lo + alias), sheet)
        commit(sheet, 2)
        #expect(store.value("node_network_receive_bytes_total", ["device": "eth0"]) == nil)
        #expect(store.value("node_network_receive_bytes_total", ["device": "eth0:1"]) == 7)
    }

    @Test func `One line's numbers are taken by their places`() throws {
        let sheet = try sheet()
        NumbersReader.load().read(KernelText("16.92 14.50 11.86 26/322 12938\n"), sheet)
        NumbersReader.openFiles().read(KernelText("3763\t0\t9223372036854775807\n"), sheet)
        commit(sheet)
        #expect(store.value("node_load1") == 16.92)
        #expect(store.value("node_load15") == 11.86)
        #expect(store.value("node_filefd_allocated") == 3_763)
        #expect(store.value("node_filefd_maximum") == 9_223_372_036_854_775_808)
    }

    @Test func `Mounts are read with their escapes, and are read-only as a whole word says`() throws {
        var text = KernelText(
            """
            /dev/vda / ext4 rw,relatime,errors=remount-ro 0 0
            host:/a\\040b /mnt/a\\134b nfs4 ro,nosuid,vers=4.2 0 0
            broken /mnt
            /dev/fuse /mnt/\\777x fuse.sshfs rw 0 0
            """
        )
        var mounts: [Mount?] = []
        while text.nextLine() { mounts.append(Mount(&text)) }
        try #require(mounts.count == 4)
        #expect(mounts[0]?.isReadOnly == false && mounts[0]?.mayHang == false)
        #expect(mounts[1]?.device == "host:/a b")
        #expect(mounts[1]?.point == #"/mnt/a\b"#)
        #expect(mounts[1]?.isReadOnly == true && mounts[1]?.mayHang == true)
        #expect(mounts[2] == nil)
        #expect(mounts[3]?.point == #"/mnt/\777x"#)
        #expect(mounts[3]?.mayHang == true)
    }

    @Test(arguments: [
        "", "\n\n", "cpu", "cpu0", "cpu0 x y", ":", "::: 1", "   ", "- -", "1", "1 2", "1 2 sda", "-5 . 7.",
    ])
    func `What makes no sense is passed over`(text: String) throws {
        let sheet = try sheet()
        StatReader([.cpu, .stat]).read(KernelText(text), sheet)
        MemoryReader().read(KernelText(text), sheet)
        PagingReader().read(KernelText(text), sheet)
        DeviceReader.disks(try DeviceFilter(excluding: "")).read(KernelText(text), sheet)
        DeviceReader.network(try DeviceFilter(excluding: "")).read(KernelText(text), sheet)
        NumbersReader.load().read(KernelText(text), sheet)
        var table = KernelText(text)
        while table.nextLine() {
            let mount = Mount(&table)
            #expect(mount == nil)
        }
        commit(sheet)
    }

    @Test func `Numbers are read with sign and fraction`() {
        var text = KernelText("12 -3.25 7. x9 0.5\n")
        let hasLine = text.nextLine()
        #expect(hasLine)
        let numbers = (0..<6).map { _ in text.number() }
        #expect(numbers == [12, -3.25, 7, nil, 0.5, nil])
    }
}
