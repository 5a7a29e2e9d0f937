import Files

/// The files of the demo: what somebody would write to have a service of their own looked after.
struct DemoFiles {
    /// Everything of the demo is below it.
    let folder: String
    /// The program that the patient runs: medic itself, in another role.
    let program: String
    /// Where the patient serves its metrics, `host:port`.
    let patient: String
    /// Who starts the patient when it is asked to.
    let keeper: String

    var configuration: String { folder + "/medic.yml" }
    var data: String { folder + "/data" }
    var history: String { data + "/history.db" }
    var socket: String { folder + "/medic.sock" }
    var patientFolder: String { folder + "/patient" }

    func write() throws(FileError) {
        try FileSystem.createFolder(data)
        try FileSystem.replace(configuration, with: Array(configurationText.utf8))
        try FileSystem.replace(folder + "/rules.yml", with: Array(Self.rulesText.utf8))
        try FileSystem.replace(folder + "/playbooks.yml", with: Array(playbooksText.utf8))
    }

    private var configurationText: String {
        """
        global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
        scrape_configs:
          - {job_name: patient, static_configs: [{targets: ['\(patient)']}]}
        rule_files: [rules.yml]
        playbook_files: [playbooks.yml]
        config:
          good_after: 3s
          track: ['\(patientFolder)/patient.conf']
        actions:
          permit:
            actions: [http.request, process.signal, queue.flush, config.rollback]
            addresses: ['\(keeper)']
            programs: ['\(program)']
            paths:
              read: ['\(patientFolder)']
              write: ['\(patientFolder)']
              delete: ['\(patientFolder)/queue']
        log: {level: error}

        """
    }

    static let rulesText = """
        groups:
          - name: patient
            rules:
              - alert: PatientDown
                expr: up{job="patient"} == 0
                labels: {severity: critical}
                annotations: {summary: 'the patient does not answer'}

              - alert: PatientSlow
                expr: rate(patient_request_seconds_sum[4s]) / rate(patient_request_seconds_count[4s]) > 0.2
                labels: {severity: warning}
                annotations: {summary: 'a request takes {{ $value | humanizeDuration }}'}

              - alert: PatientQueueFull
                expr: patient_queue_entries > 20
                labels: {severity: warning}
                annotations: {summary: '{{ $value }} entries wait in the queue'}

              - alert: PatientFails
                expr: |
                  sum by (job, instance) (rate(patient_requests_total{code="500"}[4s]))
                    / sum by (job, instance) (rate(patient_requests_total[4s])) > 0.1
                labels: {severity: critical}
                annotations: {summary: '{{ $value | humanizePercentage }} of the requests fail'}

        """

    private var playbooksText: String {
        """
        playbooks:
          - name: start-again
            summary: Have a patient that is down started again
            when: [{matchers: ['alertname="PatientDown"']}]
            \(Self.common)
            steps:
              - http.request: {method: POST, url: 'http://\(keeper)/start'}
            verify: {every: 1s, healthy: 2, within: 20s}

          - name: reload
            summary: Have a slow patient drop what it has gathered
            when: [{matchers: ['alertname="PatientSlow"']}]
            \(Self.common)
            steps:
              - process.signal: {signal: SIGHUP, pidfile: '\(patientFolder)/patient.pid', program: '\(program)'}
            verify: {every: 1s, healthy: 2, within: 20s}

          - name: set-aside
            summary: Set the oldest entry of a full queue aside, from where it can be put back
            when: [{matchers: ['alertname="PatientQueueFull"']}]
            \(Self.common)
            steps:
              - queue.flush: {backend: {spool: {folder: '\(patientFolder)/queue'}}, mode: quarantine, most: 1}
            verify: {every: 1s, healthy: 2, within: 20s}

          - name: roll-back
            summary: Put the last known good configuration of a failing patient back
            when: [{matchers: ['alertname="PatientFails"']}]
            \(Self.common)
            steps:
              - config.rollback: {file: '\(patientFolder)/patient.conf'}
              - process.signal: {signal: SIGHUP, pidfile: '\(patientFolder)/patient.pid', program: '\(program)'}
            verify: {every: 1s, healthy: 2, within: 20s}

        """
    }

    /// What all four say: on the patient as a whole, and with bounds that fit a minute.
    private static let common = """
        mode: auto
            subject: [instance]
            guards: {cooldown: 1s, limit: {runs: 20, within: 1h}}
        """
}
