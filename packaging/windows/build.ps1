# The Windows installer of what is committed: packaging\windows\build.ps1 [-Python py] [-Out dist]
#
# On Windows 10 or newer, 64 bit, with git, Python 3.11 (python.org, 64 bit) and NSIS 3.08 or newer (makensis in PATH or
# in Program Files (x86)). QUAY_SIGN: a command that signs one file named after it, for instance
#   signtool sign /fd SHA256 /tr http://timestamp.digicert.com /td SHA256 /n "Name on the certificate"
# Without it the installer is not signed, and Windows warns whoever starts it.
#
# Nobody has run this on Windows yet (README.md beside it says what was tried).
param([string]$Python = "python", [string]$Out = "dist")
$ErrorActionPreference = "Stop"
Set-StrictMode -Version Latest

$root = (Resolve-Path "$PSScriptRoot\..\..").Path
$out = New-Item -ItemType Directory -Force -Path $Out
$place = Join-Path ([IO.Path]::GetTempPath()) "quay-build-$PID"

function Must([scriptblock]$What) {
    & $What
    if ($LASTEXITCODE -ne 0) { throw "failed with status ${LASTEXITCODE}: $What" }
}

try {
    # Nothing that is not committed gets in; files are of the commit's time.
    New-Item -ItemType Directory -Force -Path "$place\tree" | Out-Null
    Must { git -C $root archive --format=zip -o "$place\tree.zip" HEAD }
    Expand-Archive "$place\tree.zip" "$place\tree"
    $env:SOURCE_DATE_EPOCH = (git -C $root log -1 --format=%ct)
    $env:PYTHONHASHSEED = "1"
    $date = [DateTimeOffset]::FromUnixTimeSeconds([long]$env:SOURCE_DATE_EPOCH).ToString("yyyy-MM-ddTHH:mm:ssZ")
    $commit = (git -C $root rev-parse HEAD)
    $told = @{ commit = $commit; date = $date; package = "windows" } | ConvertTo-Json -Compress
    [IO.File]::WriteAllText("$place\tree\resources\build.json", $told)

    Must { & $Python -m venv "$place\venv" }
    $venv = "$place\venv\Scripts\python.exe"
    Set-Location "$place\tree"
    Must { & $venv -m pip install --require-hashes -r requirements.lock }
    Must { & $venv -m pip install --no-deps --no-index --no-build-isolation . }
    $version = (& $venv -c "from pos.version import VERSION; print(VERSION)").Trim()

    Must { & $venv -m PyInstaller --noconfirm --distpath "$place\dist" --workpath "$place\work" packaging\quay.spec }
    $bundle = "$place\dist\quay"
    foreach ($name in "quay.exe", "quayw.exe") {
        if (-not (Test-Path "$bundle\$name")) { throw "packaging\quay.spec made no $name" }
    }
    Must { & $venv packaging\sbom.py --bundle $bundle --out "$bundle\_internal\pos\resources" }
    Must { & "$bundle\quay.exe" --version }
    Copy-Item "$bundle\_internal\pos\resources\sbom.cdx.json" "$out\quay-voucher-$version-windows.cdx.json"

    $nsis = Get-Command makensis -ErrorAction SilentlyContinue
    $makensis = if ($nsis) { $nsis.Source } else { "${env:ProgramFiles(x86)}\NSIS\makensis.exe" }
    $setup = "$out\QuayVoucher-$version-setup.exe"
    $options = @("/DVERSION=$version", "/DBUNDLE=$bundle", "/DOUT=$setup")
    if ($env:QUAY_SIGN) {
        foreach ($name in "quay.exe", "quayw.exe") { Must { cmd /c "$env:QUAY_SIGN `"$bundle\$name`"" } }
        $options += "/DSIGN=$env:QUAY_SIGN"
    }
    Must { & $makensis $options packaging\windows\quay.nsi }
    Write-Output $setup
}
finally {
    Set-Location $root
    Remove-Item -Recurse -Force $place -ErrorAction SilentlyContinue
}
