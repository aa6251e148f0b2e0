; The Windows installer: one program for everybody on the machine, data with each person.
;
;   makensis /DVERSION=1.2.3 /DBUNDLE=…\dist\quay /DOUT=…\QuayVoucher-1.2.3-setup.exe quay.nsi
;   /DSIGN="signtool sign …": a command that signs; called for the installer and for the uninstaller inside it
;
; Promises:
;  - /S installs and removes without a question. Status: 0 done; 2 a till is open, nothing was changed; 3 something at this
;    till is not settled, nothing was removed (/LEAVE removes all the same); 4 files could not be written, the old
;    program is as it was.
;  - An update lies beside the old program until all of it is there, then takes its place.
;  - Nobody's data is ever touched; where it lies is told.
!ifdef TARGET
  Target ${TARGET} ; amd64-unicode: to try it where only 64-bit programs run; NSIS for Windows has no such stub
!endif
Unicode true
!include MUI2.nsh
!include LogicLib.nsh
!include FileFunc.nsh
!include x64.nsh

!define NAME "Quầy Voucher"
!define KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\QuayVoucher"
!define STATUS_OPEN 2
!define STATUS_UNSETTLED 3
!define STATUS_NOT_WRITTEN 4

Name "${NAME}"
OutFile "${OUT}"
InstallDir "$PROGRAMFILES64\Quay Voucher"
InstallDirRegKey HKLM "${KEY}" "InstallLocation"
RequestExecutionLevel admin
ManifestDPIAware true
SetCompressor /SOLID lzma
BrandingText "${NAME} ${VERSION}"
!ifdef SIGN
  !finalize '${SIGN} "%1"'
  !uninstfinalize '${SIGN} "%1"'
!endif

VIProductVersion "${VERSION}.0"
VIFileVersion "${VERSION}.0"
VIAddVersionKey ProductName "${NAME}"
VIAddVersionKey ProductVersion "${VERSION}"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey FileDescription "${NAME} – setup"
VIAddVersionKey LegalCopyright "MIT"

!define MUI_ICON "${__FILEDIR__}\quay.ico"
!define MUI_UNICON "${__FILEDIR__}\quay.ico"
!define MUI_ABORTWARNING
!insertmacro MUI_PAGE_LICENSE "${__FILEDIR__}\..\..\LICENSE"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "Vietnamese"
!insertmacro MUI_LANGUAGE "English"

LangString OPEN ${LANG_VIETNAMESE} "Quầy đang mở trên máy này. Chưa có gì bị thay đổi. Đóng cửa sổ Quầy Voucher rồi chạy lại."
LangString OPEN ${LANG_ENGLISH} "The till is open on this computer. Nothing was changed. Close Quầy Voucher, then run this again."
LangString BITS ${LANG_VIETNAMESE} "Cần Windows 64 bit. Chưa có gì bị thay đổi."
LangString BITS ${LANG_ENGLISH} "A 64-bit Windows is needed. Nothing was changed."
LangString WRITTEN ${LANG_VIETNAMESE} "Không ghi được vào thư mục chương trình. Bản cũ vẫn nguyên. Kiểm tra ổ đĩa và quyền rồi chạy lại."
LangString WRITTEN ${LANG_ENGLISH} "The program's folder cannot be written. The old program is as it was. Check disk and rights, then run this again."
LangString UNSETTLED ${LANG_VIETNAMESE} "Các quầy dưới đây còn việc chưa tất toán, hoặc sổ không đọc được. Gỡ chương trình thì mọi thứ nằm lại cho đến khi cài lại. Vẫn gỡ?"
LangString UNSETTLED ${LANG_ENGLISH} "The tills below have not settled everything, or cannot be read. Without the program that stays so until it is installed again. Remove it all the same?"
LangString KEPT ${LANG_VIETNAMESE} "Dữ liệu quầy được giữ lại ở:"
LangString KEPT ${LANG_ENGLISH} "The till's data stays here:"

; A program that runs cannot be opened for writing.
!macro REFUSE_IF_OPEN FILE
  ${If} ${FileExists} "$INSTDIR\${FILE}"
    ClearErrors
    FileOpen $0 "$INSTDIR\${FILE}" a
    ${If} ${Errors}
      MessageBox MB_OK|MB_ICONSTOP "$(OPEN)" /SD IDOK
      SetErrorLevel ${STATUS_OPEN}
      Quit
    ${EndIf}
    FileClose $0
  ${EndIf}
!macroend

; Adds the folder to $5 if its till has not settled everything (3, 4) or cannot be read (2).
!macro ASK_FOR_UNSETTLED FOLDER
  ${If} ${FileExists} "${FOLDER}\journal.db"
    nsExec::Exec '"$INSTDIR\quay.exe" unsettled --data "${FOLDER}"'
    Pop $6
    ${If} $6 != 0
      StrCpy $5 "$5$\r$\n${FOLDER}"
    ${EndIf}
  ${EndIf}
!macroend

Function .onInit
  ${IfNot} ${RunningX64}
    MessageBox MB_OK|MB_ICONSTOP "$(BITS)" /SD IDOK
    SetErrorLevel ${STATUS_NOT_WRITTEN}
    Quit
  ${EndIf}
  SetRegView 64
  ReadRegStr $0 HKLM "${KEY}" "InstallLocation"
  ${If} $0 != ""
    StrCpy $INSTDIR $0
  ${EndIf}
FunctionEnd

Section
  SetRegView 64
  SetShellVarContext all
  !insertmacro REFUSE_IF_OPEN quay.exe
  !insertmacro REFUSE_IF_OPEN quayw.exe

  ; All of it beside the old one first: a full disk or a power cut leaves the old program.
  RMDir /r "$INSTDIR\new"
  ClearErrors
  SetOutPath "$INSTDIR\new"
  File /r "${BUNDLE}\*"
  SetOutPath "$INSTDIR"
  ${If} ${Errors}
    RMDir /r "$INSTDIR\new"
    MessageBox MB_OK|MB_ICONSTOP "$(WRITTEN)" /SD IDOK
    SetErrorLevel ${STATUS_NOT_WRITTEN}
    Quit
  ${EndIf}
  RMDir /r "$INSTDIR\old"
  CreateDirectory "$INSTDIR\old"
  ${If} ${FileExists} "$INSTDIR\_internal"
    Rename "$INSTDIR\_internal" "$INSTDIR\old\_internal"
    ${If} ${Errors}
      RMDir /r "$INSTDIR\new"
      MessageBox MB_OK|MB_ICONSTOP "$(OPEN)" /SD IDOK
      SetErrorLevel ${STATUS_OPEN}
      Quit
    ${EndIf}
  ${EndIf}
  Rename "$INSTDIR\new\_internal" "$INSTDIR\_internal"
  CopyFiles /SILENT "$INSTDIR\new\*.exe" "$INSTDIR"
  ${If} ${Errors}
    RMDir /r "$INSTDIR\_internal"
    Rename "$INSTDIR\old\_internal" "$INSTDIR\_internal"
    MessageBox MB_OK|MB_ICONSTOP "$(WRITTEN)" /SD IDOK
    SetErrorLevel ${STATUS_NOT_WRITTEN}
    Quit
  ${EndIf}
  RMDir /r "$INSTDIR\new"
  RMDir /r "$INSTDIR\old"

  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateDirectory "$SMPROGRAMS\${NAME}"
  CreateShortcut "$SMPROGRAMS\${NAME}\${NAME}.lnk" "$INSTDIR\quayw.exe" "run" "$INSTDIR\quayw.exe" 0
  CreateShortcut "$SMPROGRAMS\${NAME}\${NAME} – tập.lnk" "$INSTDIR\quayw.exe" "demo" "$INSTDIR\quayw.exe" 0

  WriteRegStr HKLM "${KEY}" "DisplayName" "${NAME}"
  WriteRegStr HKLM "${KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKLM "${KEY}" "DisplayIcon" "$INSTDIR\quayw.exe"
  WriteRegStr HKLM "${KEY}" "Publisher" "${NAME}"
  WriteRegStr HKLM "${KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKLM "${KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKLM "${KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKLM "${KEY}" "NoModify" 1
  WriteRegDWORD HKLM "${KEY}" "NoRepair" 1
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  WriteRegDWORD HKLM "${KEY}" "EstimatedSize" $0
SectionEnd

Section Uninstall
  SetRegView 64
  SetShellVarContext all
  !insertmacro REFUSE_IF_OPEN quay.exe
  !insertmacro REFUSE_IF_OPEN quayw.exe

  ; The program's own word on what waits, for every account's tills: it needs no key, no PIN, and changes nothing.
  StrCpy $5 ""
  ${GetParent} "$PROFILE" $2
  FindFirst $0 $3 "$2\*"
  ${DoWhile} $3 != ""
    !insertmacro ASK_FOR_UNSETTLED "$2\$3\AppData\Local\quay-voucher"
    !insertmacro ASK_FOR_UNSETTLED "$2\$3\AppData\Local\quay-voucher\production"
    !insertmacro ASK_FOR_UNSETTLED "$2\$3\AppData\Local\quay-voucher\sandbox"
    FindNext $0 $3
  ${Loop}
  FindClose $0
  ${If} $5 != ""
    ${GetParameters} $2
    ClearErrors
    ${GetOptions} $2 "/LEAVE" $3
    ${If} ${Errors}
      MessageBox MB_YESNO|MB_ICONEXCLAMATION|MB_DEFBUTTON2 "$(UNSETTLED)$5" /SD IDNO IDYES remove
      SetErrorLevel ${STATUS_UNSETTLED}
      Quit
    ${EndIf}
  ${EndIf}
remove:
  RMDir /r "$INSTDIR\_internal"
  RMDir /r "$INSTDIR\new"
  RMDir /r "$INSTDIR\old"
  Delete "$INSTDIR\quay.exe"
  Delete "$INSTDIR\quayw.exe"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR" ; only if it is empty: what somebody else put there stays
  Delete "$SMPROGRAMS\${NAME}\${NAME}.lnk"
  Delete "$SMPROGRAMS\${NAME}\${NAME} – tập.lnk"
  RMDir "$SMPROGRAMS\${NAME}"
  DeleteRegKey HKLM "${KEY}"

  ; Each person's data, by name of its folder.
  StrCpy $1 "$(KEPT)"
  StrCpy $4 0
  ${GetParent} "$PROFILE" $2
  FindFirst $0 $3 "$2\*"
  ${DoWhile} $3 != ""
    ${If} ${FileExists} "$2\$3\AppData\Local\quay-voucher\*"
      StrCpy $1 "$1$\r$\n$2\$3\AppData\Local\quay-voucher"
      StrCpy $4 1
    ${EndIf}
    FindNext $0 $3
  ${Loop}
  FindClose $0
  ${If} $4 == 1
    DetailPrint "$1"
    MessageBox MB_OK|MB_ICONINFORMATION "$1" /SD IDOK
  ${EndIf}
SectionEnd
