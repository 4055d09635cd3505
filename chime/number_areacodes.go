package chime

// areaCodes lists the geographic area codes of the United States with their
// state and principal city: a line holds state, city and codes.
const areaCodes = `
AL Birmingham 205 659
AL Huntsville 256 938
AL Mobile 251
AL Montgomery 334
AK Anchorage 907
AZ Phoenix 480 602 623
AZ Tucson 520
AZ Flagstaff 928
AR Little Rock 501
AR Fayetteville 479
AR Jonesboro 870
CA Los Angeles 213 310 323 424
CA Van Nuys 747 818
CA San Diego 619 858
CA San Francisco 415 628
CA San Jose 408 669
CA Oakland 341 510
CA Sacramento 279 916
CA Fresno 559
CA Bakersfield 661
CA Long Beach 562
CA Anaheim 657 714
CA Irvine 949
CA Riverside 951
CA San Bernardino 840 909
CA Santa Rosa 707
CA Stockton 209
CA Santa Barbara 805 820
CA Monterey 831
CA Palo Alto 650
CA Pasadena 626
CA Concord 925
CA Oceanside 442 760
CA Redding 530
CO Denver 303 720
CO Colorado Springs 719
CO Fort Collins 970
CT Bridgeport 203 475
CT Hartford 860 959
DC Washington 202 771
DE Wilmington 302
FL Miami 305 645 786
FL Fort Lauderdale 754 954
FL West Palm Beach 561 728
FL Orlando 321 407 689
FL Tampa 656 813
FL Saint Petersburg 727
FL Jacksonville 324 904
FL Tallahassee 448 850
FL Fort Myers 239
FL Gainesville 352
FL Daytona Beach 386
FL Lakeland 863
FL Sarasota 941
FL Fort Pierce 772
GA Atlanta 404 470 678 770 943
GA Augusta 706 762
GA Macon 478
GA Savannah 912
GA Albany 229
HI Honolulu 808
ID Boise 208 986
IL Chicago 312 773 872
IL Elgin 224 847
IL Aurora 331 630
IL Oak Lawn 464 708
IL Joliet 779 815
IL Peoria 309 861
IL Springfield 217 447
IL Belleville 618 730
IN Indianapolis 317 463
IN Gary 219
IN Fort Wayne 260
IN South Bend 574
IN Evansville 812 930
IN Lafayette 765
IA Des Moines 515
IA Cedar Rapids 319
IA Davenport 563
IA Mason City 641
IA Sioux City 712
KS Wichita 316
KS Kansas City 913
KS Topeka 785
KS Dodge City 620
KY Louisville 502
KY Lexington 859
KY Owensboro 270 364
KY Ashland 606
LA New Orleans 504
LA Baton Rouge 225
LA Shreveport 318
LA Lafayette 337
LA Houma 985
ME Portland 207
MD Baltimore 410 443 667
MD Rockville 240 301
MA Boston 617 857
MA Cambridge 339 781
MA Worcester 508 774
MA Lowell 351 978
MA Springfield 413
MI Detroit 313 679
MI Troy 248 947
MI Grand Rapids 616
MI Lansing 517
MI Ann Arbor 734
MI Flint 810
MI Warren 586
MI Saginaw 989
MI Kalamazoo 269
MI Traverse City 231
MI Marquette 906
MN Minneapolis 612
MN Saint Paul 651
MN Bloomington 952
MN Brooklyn Park 763
MN Duluth 218
MN Rochester 507
MN Saint Cloud 320
MS Jackson 601 769
MS Gulfport 228
MS Tupelo 662
MO Saint Louis 314 557
MO Kansas City 816 975
MO Springfield 417
MO Columbia 573
MO Saint Charles 636
MO Sedalia 660
MT Billings 406
NE Omaha 402 531
NE Grand Island 308
NV Las Vegas 702 725
NV Reno 775
NH Manchester 603
NJ Newark 862 973
NJ Jersey City 201 551
NJ New Brunswick 732 848
NJ Trenton 609 640
NJ Elizabeth 908
NJ Camden 856
NM Albuquerque 505
NM Las Cruces 575
NY New York 212 332 347 646 718 917 929
NY Hempstead 363 516
NY Brentwood 631 934
NY Yonkers 914
NY Buffalo 716
NY Rochester 585
NY Syracuse 315 680
NY Albany 518 838
NY Poughkeepsie 845
NY Binghamton 607
NC Charlotte 704 980
NC Raleigh 919 984
NC Greensboro 336 743
NC Asheville 828
NC Fayetteville 472 910
NC Greenville 252
ND Fargo 701
OH Columbus 380 614
OH Cleveland 216
OH Cincinnati 283 513
OH Toledo 419 567
OH Akron 234 330
OH Dayton 326 937
OH Parma 440
OH Newark 220 740
OK Oklahoma City 405 572
OK Tulsa 539 918
OK Lawton 580
OR Portland 503 971
OR Eugene 458 541
PA Philadelphia 215 267 445
PA Pittsburgh 412
PA Bethel Park 724 878
PA Allentown 484 610
PA Harrisburg 223 717
PA Scranton 272 570
PA Erie 582 814
RI Providence 401
SC Columbia 803 839
SC Charleston 843 854
SC Greenville 821 864
SD Sioux Falls 605
TN Nashville 615 629
TN Memphis 901
TN Knoxville 865
TN Chattanooga 423
TN Clarksville 931
TN Jackson 731
TX Houston 281 346 713 832
TX Dallas 214 469 945 972
TX Fort Worth 682 817
TX San Antonio 210 726
TX Austin 512 737
TX El Paso 915
TX Corpus Christi 361
TX Lubbock 806
TX Laredo 956
TX Beaumont 409
TX Tyler 430 903
TX Waco 254
TX Midland 432
TX Abilene 325
TX Wichita Falls 940
TX College Station 979
TX Conroe 936
TX New Braunfels 830
UT Salt Lake City 385 801
UT Provo 435
VT Burlington 802
VA Arlington 571 703
VA Virginia Beach 757 948
VA Richmond 686 804
VA Roanoke 540 826
VA Lynchburg 434
VA Bristol 276
WA Seattle 206
WA Tacoma 253
WA Bellevue 425
WA Spokane 509
WA Olympia 360 564
WV Charleston 304 681
WI Milwaukee 414
WI Madison 353 608
WI Green Bay 274 920
WI Racine 262
WI Eau Claire 534 715
WY Cheyenne 307`
