import { useCallback, useEffect, useRef, useState } from "react";
import { listChecks } from "../api/http";
import type { CheckOffered } from "../api/types";
import { Asks } from "../components/Asks";
import { Notice } from "../components/Notice";
import { HandCamera } from "../components/HandCamera";
import { LaboratoryValues } from "../components/LaboratoryValues";
import { PhotoCamera } from "../components/PhotoCamera";
import { PhotoList } from "../components/PhotoList";
import { PhotoReport } from "../components/PhotoReport";
import { grouped } from "../photo/group";
import { type Photo, usePhotos } from "../photo/usePhotos";
import { summaryOf } from "../photo/words";
import { type Scales, useScales } from "../reading/bands";
import { saveReport } from "../reading/download";
import { keepLaboratoryValues, laboratoryValues } from "../reading/laboratory";

const AUTO = "auto";
const NAIL = "nail";
/** From this width on the result stands beside the pictures, as the style sheet has it. */
const TWO_COLUMNS = 860;
const ACCEPT = "image/*,.heic,.heif,.dcm,.dicom,.ima,application/dicom";

/** Photos: dropped, chosen, pasted or taken; recognised, looked at, shown with what they say. */
export function PhotoScreen() {
  const [checks, setChecks] = useState<CheckOffered[]>([]);
  const [kind, setKind] = useState(AUTO);
  const [asSeries, setAsSeries] = useState(false);
  const [told, setTold] = useState<Record<string, string>>({});
  const [laboratory, setLaboratory] = useState(laboratoryValues);
  const [camera, setCamera] = useState(false);
  const [chosen, setChosen] = useState<number | null>(null);
  const out = useRef<HTMLElement>(null);
  const { photos, add, clear } = usePhotos();
  const scales = useScales();
  const check = checks.find((offered) => offered.kind === kind);

  useEffect(() => {
    const abort = new AbortController();
    // Without the list the server still recognises a picture by itself.
    listChecks(abort.signal).then(
      (found) => setChecks(found.items),
      () => {},
    );
    return () => abort.abort();
  }, []);

  const choose = useCallback((key: number | null) => {
    setChosen(key);
    // Where the result stands beneath the pictures it would come unseen.
    if (window.innerWidth < TWO_COLUMNS) out.current?.scrollIntoView({ block: "start" });
  }, []);

  const show = useCallback(
    (groups: File[][]) => {
      const asked = (check?.asks ?? []).flatMap(({ name }) => (told[name] ? [[name, told[name]]] : []));
      if (kind === NAIL && laboratory.length > 0) asked.push(["laboratory", JSON.stringify(laboratory)]);
      choose(add(groups, kind, Object.fromEntries(asked) as Record<string, string>));
    },
    [add, check, choose, kind, laboratory, told],
  );
  const take = useCallback(
    async (files: File[]) => show(await grouped(files, asSeries && Boolean(check?.series))),
    [asSeries, check, show],
  );
  const capture = useCallback((frames: File[]) => show([frames]), [show]);

  useEffect(() => {
    const onPaste = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length) void take(files);
    };
    window.addEventListener("paste", onPaste);
    return () => window.removeEventListener("paste", onPaste);
  }, [take]);

  const shown = photos.find((photo) => photo.key === chosen) ?? photos[0];
  return (
    <div className="photo">
      <div className="photo-head">
        <h1>Check a photo</h1>
        <p className="lead">
          A spot of skin, an eye, the back of an eye, fingernails, or a lung CT. The picture is looked at on
          this server and not kept.
        </p>
      </div>
      <section className="photo-in" aria-label="Picture to check">
        <label className="photo-kind">
          <span>What it shows</span>
          <select value={kind} onChange={(e) => setKind(e.target.value)}>
            <option value={AUTO}>Recognise by itself</option>
            {checks.map((offered) => (
              <option key={offered.kind} value={offered.kind}>
                {offered.title}
              </option>
            ))}
          </select>
        </label>
        {check && <p className="meaning">Take {check.picture}.</p>}
        {check?.series && (
          <label className="tick">
            <input type="checkbox" checked={asSeries} onChange={(e) => setAsSeries(e.target.checked)} />
            <span>The pictures are slices of one series (DICOM files always are)</span>
          </label>
        )}
        {check && (
          <Asks
            asks={check.asks}
            told={told}
            onTell={(name, value) => setTold((before) => ({ ...before, [name]: value }))}
          />
        )}
        {kind === NAIL && (
          <LaboratoryValues
            values={laboratory}
            estimate={estimateOf(shown)}
            onChange={(values) => {
              setLaboratory(values);
              keepLaboratoryValues(values);
            }}
          />
        )}
        {camera ? (
          kind === NAIL ? (
            <HandCamera onFrames={capture} onClose={() => setCamera(false)} />
          ) : (
            <PhotoCamera onPicture={(file) => void take([file])} onClose={() => setCamera(false)} />
          )
        ) : (
          <>
            <label className="drop photo-drop">
              {/* A file input takes dropped files by itself; this one covers the whole field. */}
              <input
                type="file"
                multiple
                accept={ACCEPT}
                onChange={(e) => {
                  void take([...(e.target.files ?? [])]);
                  e.target.value = "";
                }}
              />
              <span className="drop-main">Choose pictures</span>
              <span className="meaning">or drop them here, or paste one</span>
            </label>
            <div className="actions">
              <button type="button" className="button" onClick={() => setCamera(true)}>
                Use the camera
              </button>
              {photos.length > 0 && (
                <button type="button" className="button quiet" onClick={clear}>
                  Clear pictures
                </button>
              )}
            </div>
          </>
        )}
        <PhotoList photos={photos} chosen={shown?.key ?? null} onChoose={choose} />
      </section>
      <section ref={out} className="photo-out" aria-label="Result">
        <p className="visually-hidden" role="status">
          {shown?.answer ? summaryOf(shown.answer.report) : ""}
        </p>
        {shown ? <Outcome key={shown.key} photo={shown} scales={scales} /> : <Advice />}
      </section>
    </div>
  );
}

/** The haemoglobin that the camera alone said of a picture, without anybody's laboratory values. */
function estimateOf(photo: Photo | undefined): number | null {
  const reading = photo?.answer?.report.readings.haemoglobin;
  return reading?.value ? reading.value - (reading.inputs.shift ?? 0) : null;
}

function Outcome({ photo, scales }: { photo: Photo; scales: Scales | null }) {
  if (photo.state === "failed") {
    return (
      <Notice urgent title="This picture cannot be used">
        <p>{photo.name}</p>
        <p>{photo.problem}</p>
      </Notice>
    );
  }
  if (!photo.answer || !scales) {
    return (
      <>
        {photo.shown && <img className="photo-pending" src={photo.shown} alt={photo.name} />}
        <p role="status">{photo.state === "waiting" ? "Waiting for its turn…" : "Looking at the picture…"}</p>
      </>
    );
  }
  const { report, preview, heatmaps } = photo.answer;
  return (
    <>
      <header className="result-head">
        <div>
          <h2>{photo.name}</h2>
          {report.picture && <p className="meaning">Recognised as {report.picture.title}</p>}
        </div>
        <div className="actions">
          <button type="button" className="button" onClick={() => saveReport(report)}>
            Save report
          </button>
          <a className="button quiet" href={`#/result/${photo.answer.id}`}>
            In the history
          </a>
        </div>
      </header>
      <PhotoReport
        report={report}
        scales={scales}
        name={photo.name}
        picture={preview ?? photo.shown}
        heatmaps={heatmaps}
      />
    </>
  );
}

function Advice() {
  return (
    <div className="card photo-advice">
      <h2>A picture that can be judged</h2>
      <ul className="facts">
        <li>Sharp and close: the spot or the eye fills about half of the picture.</li>
        <li>Even daylight, no flash, no filter, no writing on it.</li>
        <li>One thing a picture. Several pictures at once are looked at one after another.</li>
        <li>An answer comes with its probability, or says that it is not sure.</li>
      </ul>
    </div>
  );
}
