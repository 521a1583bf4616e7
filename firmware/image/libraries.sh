#!/bin/sh
# Build, for armhf, the libraries of the static program that Debian's archives do not give small: HarfBuzz (Debian has
# no static one), qrencode (none either), FreeType (Debian's carries PNG, Brotli and ten font drivers) and SQLite
# (extensions, threads, shared cache). Sources are those of the same Debian release; none needs its own build system
# but SQLite, whose one big file is first made out of many. The same library versions draw the same pixels.
#
# usage: libraries.sh SYSROOT SOURCES OUT   all absolute; HarfBuzz goes into SYSROOT, as the unit tests need it as
#        well, the others into OUT
set -eu
sysroot=$1 sources=$2 out=$3
cross=arm-linux-gnueabihf
lib=$sysroot/usr/lib/$cross
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# No path of this machine gets into the program.
flags="-Os -ffunction-sections -fdata-sections --sysroot=$sysroot -ffile-prefix-map=$sources/="
compile="$cross-gcc $flags"
mkdir -p "$out"

archive() { # FILE OBJECT...
    rm -f "$1"
    $cross-ar rcsD "$@"
}

# HarfBuzz without exceptions and thread-safe statics needs no libstdc++; one thread uses it. What is left out are
# tables that the fonts do not have: Apple's layout, mathematics, variations. Its part for FreeType is MuPDF's wish.
without=
for part in MT AAT MATH VAR COLOR DRAW BUFFER_SERIALIZE BUFFER_VERIFY META STYLE LAYOUT_COLLECT_GLYPHS \
    LAYOUT_FEATURE_PARAMS LAYOUT_UNUSED BITMAP OPEN SETLOCALE GETENV ERRNO; do
    without="$without -DHB_NO_$part"
done
$cross-g++ $flags -std=c++11 -fno-exceptions -fno-rtti -fno-threadsafe-statics $without \
    -DHAVE_FREETYPE=1 "-I$sources/freetype/include" -c "$sources/harfbuzz/src/harfbuzz.cc" -o "$work/harfbuzz.o"
archive "$lib/libharfbuzz.a" "$work/harfbuzz.o"
mkdir -p "$sysroot/usr/include/harfbuzz"
cp "$sources"/harfbuzz/src/hb*.h "$sysroot/usr/include/harfbuzz"
version=$(sed -n 's/^#define HB_VERSION_STRING "\(.*\)"/\1/p' "$sources/harfbuzz/src/hb-version.h")
printf '%s\n' 'Name: harfbuzz' 'Description: shaping' "Version: $version" "Libs: -L/usr/lib/$cross -lharfbuzz" \
    'Cflags: -I/usr/include/harfbuzz' > "$lib/pkgconfig/harfbuzz.pc"

objects=
for name in qrencode qrinput bitstream qrspec rsecc split mask mqrspec mmask; do
    $compile -DSTATIC_IN_RELEASE=static -DMAJOR_VERSION=4 -DMINOR_VERSION=0 -DMICRO_VERSION=0 -DVERSION='"4"' \
        -c "$sources/qrencode/$name.c" -o "$work/$name.o"
    objects="$objects $work/$name.o"
done
archive "$out/libqrencode.a" $objects

# FreeType: outlines of TrueType and CFF, light hinting, and nothing that unpacks.
mkdir "$work/kite"
sed -E 's,^#define (FT_CONFIG_OPTION_(USE_ZLIB|USE_LZW|SVG|ENVIRONMENT_PROPERTIES|MAC_FONTS|ADOBE_GLYPH_LIST)|TT_CONFIG_OPTION_BDF)$,/* & */,' \
    "$sources/freetype/include/freetype/config/ftoption.h" > "$work/kite/option.h"
cat > "$work/kite/module.h" <<'MODULES'
FT_USE_MODULE(FT_Module_Class, autofit_module_class)
FT_USE_MODULE(FT_Driver_ClassRec, tt_driver_class)
FT_USE_MODULE(FT_Driver_ClassRec, cff_driver_class)
FT_USE_MODULE(FT_Module_Class, psaux_module_class)
FT_USE_MODULE(FT_Module_Class, psnames_module_class)
FT_USE_MODULE(FT_Module_Class, pshinter_module_class)
FT_USE_MODULE(FT_Module_Class, sfnt_module_class)
FT_USE_MODULE(FT_Renderer_Class, ft_smooth_renderer_class)
MODULES
objects=
for name in autofit/autofit truetype/truetype cff/cff psaux/psaux psnames/psnames pshinter/pshinter sfnt/sfnt \
    smooth/smooth base/ftbase base/ftstroke base/ftinit base/ftsystem base/ftdebug base/ftbitmap base/ftmm base/ftglyph; do
    object=$work/ft-$(basename "$name").o
    $compile -DFT2_BUILD_LIBRARY '-DFT_CONFIG_OPTIONS_H=<kite/option.h>' '-DFT_CONFIG_MODULES_H=<kite/module.h>' \
        "-I$work" "-I$sources/freetype/include" -c "$sources/freetype/src/$name.c" -o "$object"
    objects="$objects $object"
done
archive "$out/libfreetype.a" $objects

# SQLite: what no statement of the library uses is left out of its grammar too, so the one file is made with the same
# options as it is compiled with.
options="-DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_OMIT_DEPRECATED -DSQLITE_OMIT_SHARED_CACHE -DSQLITE_OMIT_JSON"
for part in WINDOWFUNC VIRTUALTABLE EXPLAIN WAL AUTHORIZATION TRACE ANALYZE COMPLETE GET_TABLE REINDEX ALTERTABLE \
    DATETIME_FUNCS LOCALTIME DECLTYPE PROGRESS_CALLBACK TCL_VARIABLE VIEW TRIGGER CTE; do
    options="$options -DSQLITE_OMIT_$part"
done
mkdir "$work/sqlite"
(cd "$work/sqlite" && "$sources/sqlite3/configure" --disable-tcl && make sqlite3.c OPTS="$options") > "$out/sqlite.log" 2>&1
$compile -w $options -DSQLITE_THREADSAFE=0 -DSQLITE_DQS=0 -c "$work/sqlite/sqlite3.c" -o "$work/sqlite3.o"
archive "$out/libsqlite3.a" "$work/sqlite3.o"
